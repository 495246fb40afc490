# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""The new process of complaints is the next version, and new ones start on it."""

from odoo import SUPERUSER_ID, api

OLD_CODE = "complaint-before-19.0.1.2.0"


def migrate(cr, version):
    """Bring the complaints of a database of 19.0.1.1.0 up to date."""
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    _join_versions(env)
    _fill_acknowledgements(cr)
    env.invalidate_all()
    env["service.ticket"]._sync_sla_of([("category", "=", "complaint")])


def _join_versions(env):
    """Number the new process after the old ones, and publish it in their place.

    A process of one's own that was published instead of the delivered one stays
    published: the new one waits as a draft.
    """
    processes = env["service.process"].with_context(active_test=False)
    old = processes.search([("code", "=", OLD_CODE)])
    new = env.ref("crm_service.process_complaint", raise_if_not_found=False)
    if not (old and new):
        return
    published = old.filtered(lambda process: process.state == "published")
    delivered = env.ref("crm_service.process_complaint_v1", raise_if_not_found=False)
    new._with_structure().write({"version": max(old.mapped("version")) + 1})
    env.flush_all()
    old._with_structure().write({"code": new.code})
    env.flush_all()
    if not published or published == delivered:
        new._check_problems()
        new._publish()


def _fill_acknowledgements(cr):
    """Complaints that were answered before were acknowledged then."""
    cr.execute(
        """
        UPDATE service_ticket t
           SET acknowledged_at = t.first_replied_at
          FROM service_ticket_type y
         WHERE y.id = t.type_id AND y.category = 'complaint'
           AND t.acknowledged_at IS NULL AND t.first_replied_at IS NOT NULL
        """
    )
