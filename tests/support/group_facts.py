"""The small group of companies of these tests.

=========  ==========  ===========  ============================================
company    warehouse   currency
=========  ==========  ===========  ============================================
Nordlicht  SVC, VAN    EUR          the service centre; VAN is a second warehouse
Kaltwerk   FRI         CNY          the factory, with a transfer price list
Fremdbau   FBS, FBX    EUR          another firm: reads nothing of the two
=========  ==========  ===========  ============================================
"""

SERVICE, FACTORY, STRANGER = "Nordlicht Service", "Kaltwerk Factory", "Fremdbau"
CNY_PER_EUR = 8.0
# {login: (company, XML ids of groups)}
PEOPLE = {
    "agent": (SERVICE, "crm_service.group_service_agent"),
    "dispatcher": (SERVICE, "crm_service.group_service_dispatcher"),
    "technician": (
        SERVICE,
        "crm_service.group_service_technician,stock.group_stock_user",
    ),
    "workshop": (
        SERVICE,
        "crm_service.group_service_agent,stock.group_stock_user",
    ),
    "supervisor": (SERVICE, "crm_service.group_service_supervisor"),
    "servicemanager": (SERVICE, "crm_service.group_service_manager"),
    "keeper": (SERVICE, "spare_parts_bridge.group_parts_keeper"),
    "keeper2": (SERVICE, "spare_parts_bridge.group_parts_keeper"),
    "zhang": (
        SERVICE,
        "crm_service.group_service_agent,spare_parts_bridge.group_parts_keeper",
    ),
    "vanclerk": (SERVICE, "spare_parts_bridge.group_parts_clerk"),
    "accountant": (SERVICE, "account.group_account_manager"),
    "factory": (FACTORY, "spare_parts_bridge.group_parts_clerk"),
    "factory2": (FACTORY, "spare_parts_bridge.group_parts_clerk"),
    "finance": (FACTORY, "spare_parts_bridge.group_parts_approver"),
    "partsmanager": (
        FACTORY,
        "spare_parts_bridge.group_parts_manager,account.group_account_manager",
    ),
    "integration": (
        SERVICE,
        "crm_service.group_service_integration,spare_parts_bridge.group_parts_keeper",
    ),
    "stranger": (
        STRANGER,
        "crm_service.group_service_manager,spare_parts_bridge.group_parts_manager,"
        "account.group_account_manager",
    ),
    "portal": (SERVICE, "base.group_portal"),
}
# They have every role, in the service centre and in the factory.
BOTH_COMPANIES = ("boss", "boss2")
EVERY_ROLE = (
    "crm_service.group_service_manager,spare_parts_bridge.group_parts_manager,"
    "account.group_account_manager"
)
PEOPLE.update({login: (SERVICE, EVERY_ROLE) for login in BOTH_COMPANIES})
LANGUAGES = {"zhang": "zh_CN"}
# {reference: (name, tracking, cost in the factory, transfer price)}
PARTS = {
    "SEAL": ("Door seal", "none", 40.0, 64.0),
    "COMP": ("Compressor", "serial", 400.0, 640.0),
    "GAS": ("Refrigerant", "lot", 16.0, 24.0),
    "FAN": ("Fan", "none", 20.0, None),
}
STOCK = {"SEAL": 1000, "GAS": 200, "FAN": 100}
SERIALS = [f"C-{number:04}" for number in range(1, 41)]
