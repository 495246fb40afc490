# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Tickets are found by customer through an index in the order of his page."""


def migrate(cr, version):
    cr.execute("DROP INDEX IF EXISTS service_ticket__partner_id_index")
