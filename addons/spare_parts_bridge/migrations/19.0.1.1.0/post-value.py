"""Customer segments come with shares, as in a new database."""

from odoo import SUPERUSER_ID, api

SHARES = {"a": 20.0, "b": 30.0}


def migrate(cr, version):
    """Let the segments of `crm_service` take the shares that a new database has."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, share in SHARES.items():
        segment = env.ref(f"crm_service.value_segment_{name}", False)
        if segment and not segment.share_percent:
            segment.share_percent = share
