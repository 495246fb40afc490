"""What the scheduled jobs would have done by now."""


def load(records):
    """Run them once, so that the first look finds what a running system shows."""
    env = records.env
    if records.once("jobs", records["warehouse_service"]):
        env["service.stage"]._cron_update_usual_hours()
        env["service.team"]._cron_assign()
        env["service.sla"]._cron_process_due()
        env["service.maintenance.plan"]._cron_plan()
        env["service.customer.value"]._cron_recompute()
