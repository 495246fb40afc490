# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
{
    "name": "Spare Parts Bridge",
    "summary": "Parts requisitions between service centres and factories, "
    "posted in both companies' books",
    "version": "19.0.1.0.0",
    "category": "Services/Field Service",
    "author": "After-Sales Service contributors",
    "license": "LGPL-3",
    "application": True,
    "depends": ["crm_service", "repair", "sale_stock", "stock_account", "account"],
    "data": [
        "security/spare_parts_bridge_groups.xml",
        "security/ir.model.access.csv",
        "security/spare_parts_bridge_rules.xml",
        "data/ir_sequence_data.xml",
        "data/mail_activity_type_data.xml",
        "data/parts_approval_rule_data.xml",
    ],
    "demo": [],
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
