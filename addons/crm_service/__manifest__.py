# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
{
    "name": "After-Sales Service",
    "summary": "Requests, complaints, teams and installed units in one queue",
    "version": "19.0.1.0.0",
    "category": "Services/After-Sales Service",
    "author": "After-Sales Service contributors",
    "license": "LGPL-3",
    "application": True,
    "depends": [
        "mail",
        "resource",
        "phone_validation",
        "product",
        "crm",
        "hr_skills",
        "survey",
        "sms",
    ],
    "external_dependencies": {"python": ["phonenumbers"]},
    "data": [
        "security/crm_service_groups.xml",
        "security/ir.model.access.csv",
        "security/crm_service_rules.xml",
        "security/service_sla_rules.xml",
        "data/service_process_data.xml",
        "data/service_ticket_type_data.xml",
        "data/mail_activity_type_data.xml",
        "data/ir_cron_worklist_data.xml",
        "views/service_ticket_views.xml",
        "views/service_ticket_type_views.xml",
        "views/service_stage_views.xml",
        "views/service_route_views.xml",
        "views/service_process_views.xml",
        "views/service_team_views.xml",
        "views/service_asset_views.xml",
        "views/service_stage_log_views.xml",
        "views/res_partner_views.xml",
        "views/crm_service_menus.xml",
    ],
    "demo": ["demo/crm_service_demo.xml"],
    "assets": {
        "web.assets_backend": [
            # Debian leaves this file out and Odoo loads it on demand anyway; listed
            # and missing, it makes every backend page report an error.
            (
                "remove",
                "mail/static/lib/selfie_segmentation/selfie_segmentation.js",
            ),
            "crm_service/static/src/**/*",
        ],
    },
    "uninstall_hook": "uninstall_hook",
}
