# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Complaints get a new process; tickets under way stay on the old one."""

# While the data are loaded, so that the new process can be version 1 of its code.
OLD_CODE = "complaint-before-19.0.1.2.0"


def migrate(cr, version):
    """Make room for the new process, which comes with the data of this version."""
    if not version:
        return
    cr.execute(
        """
        UPDATE ir_model_data
           SET name = name || '_v1'
         WHERE module = 'crm_service'
           AND model IN ('service.process', 'service.stage', 'service.stage.check',
                         'service.route')
           AND (name = 'process_complaint' OR name LIKE 'stage\\_complaint\\_%'
                OR name LIKE 'check\\_complaint\\_%'
                OR name LIKE 'route\\_complaint\\_%')
        """
    )
    cr.execute(
        """
        UPDATE service_process SET code = %s
         WHERE code = 'complaint' AND company_id IS NULL
        """,
        [OLD_CODE],
    )
