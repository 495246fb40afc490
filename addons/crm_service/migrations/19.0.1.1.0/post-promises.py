# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Tickets under way get their promises, as new tickets do."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Start the clocks of the open tickets of a database of 19.0.1.0.0."""
    if not version:
        return
    _fill_first_replies(cr)
    api.Environment(cr, SUPERUSER_ID, {})["service.ticket"]._sync_sla_of([])


def _fill_first_replies(cr):
    """Note when staff first answered, so that no answer is waited for again."""
    cr.execute(
        """
        UPDATE service_ticket t
           SET first_replied_at = reply.date
          FROM (
              SELECT m.res_id, min(m.date) AS date
                FROM mail_message m
                JOIN mail_message_subtype s ON s.id = m.subtype_id
                JOIN service_ticket own ON own.id = m.res_id
               WHERE m.model = 'service.ticket'
                 AND m.message_type IN ('comment', 'email', 'email_outgoing')
                 AND m.is_internal IS NOT TRUE
                 AND s.internal IS NOT TRUE
                 AND m.author_id IS DISTINCT FROM own.partner_id
                 AND EXISTS (
                     SELECT FROM res_users u
                      WHERE u.partner_id = m.author_id AND u.share IS NOT TRUE
                        AND u.id != %s
                 )
            GROUP BY m.res_id
          ) reply
         WHERE reply.res_id = t.id AND t.first_replied_at IS NULL
        """,
        [SUPERUSER_ID],
    )
