# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.tools.sql import column_exists, create_column


def migrate(cr, version):
    """Make the column for the contracts of tickets, empty.

    There were no contracts: Odoo would look for one for every ticket that there is.
    """
    if not column_exists(cr, "service_ticket", "contract_id"):
        create_column(cr, "service_ticket", "contract_id", "int4")
