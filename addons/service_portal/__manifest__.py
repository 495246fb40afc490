{
    "name": "Service Portal",
    "summary": "Customers follow their service requests with number and phone",
    "version": "19.0.1.1.0",
    "category": "Services/After-Sales Service",
    "author": "After-Sales Service contributors",
    "license": "LGPL-3",
    "depends": ["crm_service", "portal", "rating"],
    "data": [
        "security/ir.model.access.csv",
        "security/service_portal_security.xml",
        "views/service_ticket_tracking_views.xml",
        "views/service_ticket_views.xml",
        "views/tracking_templates.xml",
        "views/portal_templates.xml",
        "views/unit_templates.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "service_portal/static/src/scss/service_portal.scss",
        ],
    },
}
