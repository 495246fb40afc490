# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Processes get a state; the history learns where each ticket came from."""

from odoo import SUPERUSER_ID, api

# Of each process, the newest version that a ticket type uses is the published one.
NEWEST_USED = """
    SELECT DISTINCT ON (p.code, COALESCE(p.company_id, 0))
           p.id, p.code, p.company_id
      FROM service_process p
      JOIN service_ticket_type t ON t.process_id = p.id
  ORDER BY p.code, COALESCE(p.company_id, 0), p.version DESC
"""

CHILD_TYPES = [
    ("route_maintenance_in_progress_repair", "ticket_type_repair"),
    ("route_inquiry_in_progress_department", "ticket_type_inquiry"),
]


def migrate(cr, version):
    """Bring a database of 19.0.1.0.0 up to date."""
    if not version:
        return
    _fill_states(cr)
    _fill_origins(cr)
    _fill_child_types(api.Environment(cr, SUPERUSER_ID, {}))


def _fill_states(cr):
    """Publish what ticket types use, retire what only old tickets follow."""
    cr.execute(
        f"""
        UPDATE service_process p
           SET state = 'published', published_at = p.create_date
          FROM ({NEWEST_USED}) newest
         WHERE p.id = newest.id AND p.state = 'draft'
        """
    )
    # one version is published at a time, and a type starts tickets on that one
    cr.execute(
        f"""
        UPDATE service_ticket_type t
           SET process_id = newest.id
          FROM service_process p, ({NEWEST_USED}) newest
         WHERE p.id = t.process_id AND p.id != newest.id AND p.code = newest.code
           AND p.company_id IS NOT DISTINCT FROM newest.company_id
        """
    )
    cr.execute(
        """
        UPDATE service_process p
           SET state = 'retired', published_at = p.create_date
         WHERE p.state = 'draft'
           AND EXISTS (SELECT FROM service_stage_log l WHERE l.process_id = p.id)
        """
    )


def _fill_origins(cr):
    """Note in each row of the history the stage that the ticket came from."""
    guard = "TRIGGER service_stage_log_guard"
    cr.execute(f"ALTER TABLE service_stage_log DISABLE {guard}")
    cr.execute(
        """
        UPDATE service_stage_log l
           SET from_stage_id = before.stage_id
          FROM (
              SELECT id, lag(stage_id) OVER (
                         PARTITION BY ticket_id ORDER BY entered_at, id
                     ) AS stage_id
                FROM service_stage_log
          ) before
         WHERE before.id = l.id AND before.stage_id IS NOT NULL
           AND l.from_stage_id IS NULL
        """
    )
    cr.execute(f"ALTER TABLE service_stage_log ENABLE {guard}")


def _fill_child_types(env):
    """Let the new processes open sub-tickets of the types that are there already."""
    for route, ticket_type in CHILD_TYPES:
        route = env.ref(f"crm_service.{route}", raise_if_not_found=False)
        ticket_type = env.ref(f"crm_service.{ticket_type}", raise_if_not_found=False)
        if route and ticket_type and not route.child_type_id:
            route.child_type_id = ticket_type
