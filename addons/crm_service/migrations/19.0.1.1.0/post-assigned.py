# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Who had a ticket before this version has it since it entered its stage."""


def migrate(cr, version):
    """Put a likely time where the upgrade would leave its own."""
    if version:
        cr.execute(
            """
            UPDATE service_ticket
               SET assigned_at = COALESCE(stage_entered_at, opened_at)
             WHERE user_id IS NOT NULL
            """
        )
