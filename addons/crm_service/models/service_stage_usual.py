# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import ENDED_PHASES, USUAL_DAYS, USUAL_MIN_VISITS


class ServiceStage(models.Model):
    """How long tickets usually stay in a stage."""

    _inherit = "service.stage"

    usual_hours = fields.Float(
        "Usual Time (working hours)",
        readonly=True,
        copy=False,
        help="The median of the last 90 days, counted every night. Zero: too few "
        "tickets have left the stage to tell.",
    )

    @api.model
    def _cron_update_usual_hours(self):
        """Count how long tickets usually stay in each stage, in one statement."""
        self.env["service.stage.log"].flush_model()
        self.env.cr.execute(self._get_usual_hours_query())
        self.invalidate_model(["usual_hours"])

    @api.model
    def _get_usual_hours_query(self):
        """Return the statement that writes each stage's median.

        A stay that went through several hands is one: the rows of a ticket in a
        stage are numbered by how often it was entered.
        """
        since = fields.Datetime.now() - timedelta(days=USUAL_DAYS)
        return SQL(
            """
            WITH numbered AS (
                SELECT ticket_id, stage_id, left_at,
                       waiting_hours + processing_hours AS hours,
                       count(*) FILTER (WHERE is_handover IS NOT TRUE) OVER (
                           PARTITION BY ticket_id, stage_id ORDER BY id
                       ) AS visit
                  FROM service_stage_log
                 WHERE phase NOT IN %(ended)s
                   AND (left_at IS NULL OR left_at >= %(since)s)
            ), stays AS (
                SELECT stage_id, sum(hours) AS hours
                  FROM numbered
              GROUP BY ticket_id, stage_id, visit
                HAVING bool_and(left_at IS NOT NULL)
            ), medians AS (
                SELECT stage_id,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY hours) AS hours
                  FROM stays
              GROUP BY stage_id
                HAVING count(*) >= %(least)s
            )
            UPDATE service_stage stage
               SET usual_hours = COALESCE(medians.hours, 0)
              FROM service_stage other
         LEFT JOIN medians ON medians.stage_id = other.id
             WHERE other.id = stage.id
               AND stage.usual_hours IS DISTINCT FROM COALESCE(medians.hours, 0)
            """,
            ended=ENDED_PHASES,
            since=since,
            least=USUAL_MIN_VISITS,
        )
