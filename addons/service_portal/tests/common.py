from odoo.tests import new_test_user
from odoo.tests.common import TransactionCase

PHONE = "+33612345678"


class ServicePortalCase(TransactionCase):
    """A company, a customer with a portal login, a stranger and some tickets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={**cls.env.context, "tracking_disable": True, "lang": "en_US"}
        )
        cls.env.company.country_id = cls.env.ref("base.fr")
        partners = cls.env["res.partner"]
        cls.firm = partners.create({"name": "Boulangerie Martin", "is_company": True})
        cls.customer = partners.create(
            {"name": "Odile Martin", "parent_id": cls.firm.id, "phone": PHONE}
        )
        cls.stranger = partners.create({"name": "Someone Else"})
        cls.portal_user = cls._new_portal_user("portal_odile", cls.customer)
        cls.stranger_user = cls._new_portal_user("portal_else", cls.stranger)
        cls.agent = new_test_user(
            cls.env, "portal_agent", "crm_service.group_service_agent"
        )
        cls.ticket = cls._new_ticket()

    @classmethod
    def _new_portal_user(cls, login, partner):
        return new_test_user(
            cls.env,
            login,
            "base.group_portal",
            partner_id=partner.id,
            name=partner.name,
        )

    @classmethod
    def _new_ticket(cls, **values):
        return cls.env["service.ticket"].create(
            {
                "name": "The fridge is warm",
                "description": "It stopped on Sunday.",
                "type_id": cls.env["service.ticket.type"]
                .search([("code", "=", "repair")], limit=1)
                .id,
                "partner_id": cls.customer.id,
                "partner_phone": PHONE,
                **values,
            }
        )
