# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import psycopg2

from odoo import Command, fields
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import ServiceCommon

PHONE = "+390255501234"
# Rows of these come and go with others, or are the merge's own.
NOT_BY_HAND = ("res.partner", "res.users", "res.company", "service.partner.merge")


# Reckoned anew for the one who stays, where the bridge is installed.
RECKONED = {"service.customer.value"}


@tagged("post_install", "-at_install")
class TestCustomerMerge(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_partner(name="Ann", phone=PHONE, email="ann@example.com")
        cls.twin = cls._create_partner(
            name="Anna", phone="+390255505678", email="anna@example.com"
        )

    def _wizard(self, partners=None, user=None):
        partners = partners or self.ann | self.twin
        env = self._as(user or self.agent)
        return (
            env["base.partner.merge.automatic.wizard"]
            .with_context(active_model="res.partner", active_ids=partners.ids)
            .create({})
        )

    def _merge(self, source=None, target=None, user=None):
        source, target = source or self.twin, target or self.ann
        wizard = self._wizard(source | target, user)
        wizard.dst_partner_id = target
        wizard.action_merge()
        self.env.invalidate_all()
        self.assertFalse(source.exists())

    def _assert_refused(self, sentence, partners, target=None, user=None):
        wizard = self._wizard(partners, user)
        if target:
            wizard.dst_partner_id = target
        self.assertRegex(wizard.service_problem or "", sentence)
        with self.assertRaisesRegex(UserError, sentence):
            wizard.action_merge()
        self.assertEqual(partners.exists(), partners)

    # -- every table of ours ----------------------------------------------------

    def _get_our_columns(self):
        """Return [(model, many2one field)] of our models that name a customer."""
        return [
            (name, field.name)
            for name, model in self.env.registry.items()
            if name.startswith(("service.", "parts."))
            and model._auto
            and not (model._abstract or model._transient)
            for field in model._fields.values()
            if field.store
            and field.comodel_name == "res.partner"
            and field.type == "many2one"
            # what is computed follows from the other columns
            and not (field.compute and field.readonly)
            and name not in NOT_BY_HAND
        ]

    def _build(self, model, **values):
        """Return a row of any model: what is required is filled with what there is."""
        if model == "service.ticket":
            return self._create_ticket(**values)
        env = self.env[model].sudo().env
        for name, field in env[model]._fields.items():
            wanted = field.required and field.store and name not in values
            # a record that is computed from others, there are none of here
            computed = field.compute and (field.type != "many2one" or field.readonly)
            if wanted and not (field.default or computed or field.related):
                values[name] = self._fill(field)
        rows = env[model]
        if hasattr(rows, "_with_flow"):  # what only the process writes
            rows = rows._with_flow()
        return rows.create(values)

    def _fill(self, field):
        if field.type == "many2one":
            if field.comodel_name == "service.ticket":
                return self._create_ticket().id
            if field.comodel_name == "res.partner":
                return self.ann.id
            found = self.env[field.comodel_name].sudo().search([], limit=1)
            return (found or self._build(field.comodel_name)).id
        if field.type == "selection":
            return field.get_values(self.env)[0]
        return {
            "char": "x",
            "text": "x",
            "html": "x",
            "datetime": fields.Datetime.now(),
            "date": fields.Date.today(),
            "integer": 1,
            "float": 1.0,
            "monetary": 1.0,
            "boolean": True,
            "json": {},
        }[field.type]

    def test_rows_of_every_model_of_ours_are_kept(self):
        """Models that come later are found here by themselves.

        If one cannot be made from its required fields alone, tell `_build` how.
        """
        rows = {}
        for model, column in self._get_our_columns():
            values = {column: self.twin.id}
            if model == "service.contact.point":
                values["value"] = "+39 02 5550 4444"
            if model == "service.asset":
                values["serial_number"] = column
            if model == "service.contract.line":
                values["scope"] = "site"
            if model == "service.warranty.extension":
                terms = {"name": "Plus", "is_extension": True}
                policy = self._build("service.warranty.policy", **terms)
                values["policy_id"] = policy.id
            if model not in RECKONED:
                rows[model, column] = self._build(model, **values)
        self.assertGreaterEqual(
            set(rows),
            {
                ("service.ticket", "partner_id"),
                ("service.ticket", "site_id"),
                ("service.asset", "partner_id"),
                ("service.asset", "site_id"),
                ("service.contact.point", "partner_id"),
            },
        )
        self._merge()
        for (model, column), row in rows.items():
            with self.subTest(model=model, column=column):
                self.assertEqual(row[column], self.ann)

    def test_every_foreign_key_in_the_database_is_looked_at(self):
        self.env.cr.execute(
            "SELECT DISTINCT t.relname FROM pg_constraint c "
            "JOIN pg_class t ON t.oid = c.conrelid "
            "WHERE c.contype = 'f' AND c.confrelid = 'res_partner'::regclass"
        )
        tables = {table for (table,) in self.env.cr.fetchall()}
        known = set(self.ann._get_partner_columns())
        self.assertFalse(
            {t for t in tables - known if not t.startswith("base_partner_merge")}
        )
        self.assertIn("service_ticket", known)

    # -- what Odoo's merge loses --------------------------------------------------

    def test_notifications_of_both_of_one_message_become_one(self):
        """Odoo's merge fails here: it does not see that an index is unique."""
        ticket = self._create_ticket(partner_id=self.ann.id)
        for partners in (self.ann | self.twin, self.twin):
            ticket.message_post(body="Hello", partner_ids=partners.ids)
        notices = self.env["mail.notification"]
        self._merge()
        found = notices.search([("res_partner_id", "=", self.ann.id)])
        self.assertEqual(len(found), 2)
        self.assertEqual(len(found.mail_message_id), 2)

    def test_no_following_is_lost_when_one_is_there_twice(self):
        """Odoo's merge deletes all followings of the merged if one is a double."""
        both, only = self._create_ticket(), self._create_ticket()
        comment = self.env.ref("mail.mt_comment")
        note = self.env.ref("mail.mt_note")
        both.message_subscribe(self.ann.ids, comment.ids)
        both.message_subscribe(self.twin.ids, note.ids)
        only.message_subscribe(self.twin.ids)
        self._merge()
        self.assertIn(self.ann, only.message_partner_ids)
        follower = both.message_follower_ids.filtered(
            lambda one: one.partner_id == self.ann
        )
        self.assertEqual(len(follower), 1)
        self.assertEqual(follower.subtype_ids, comment | note)

    def test_what_hangs_on_the_contact_itself_is_kept(self):
        self.ann.message_subscribe(self.manager.partner_id.ids)
        self.twin.message_subscribe((self.manager | self.agent).partner_id.ids)
        message = self.twin.message_post(body="Prefers mornings")
        attachment = self.env["ir.attachment"].create(
            {"name": "deed.txt", "res_model": "res.partner", "res_id": self.twin.id}
        )
        activity = self.twin.activity_schedule("mail.mail_activity_data_todo")
        event = self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": "2026-01-01 10:00:00",
                "stop": "2026-01-01 11:00:00",
                "partner_ids": self.twin.ids,
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.twin.id,
            }
        )
        self.twin.comment = "Has a dog"
        self.ann.comment = "Rings twice"
        self._merge()
        self.assertEqual(message.res_id, self.ann.id)
        self.assertEqual(attachment.res_id, self.ann.id)
        self.assertEqual(activity.res_id, self.ann.id)
        self.assertEqual(event.res_id, self.ann.id)
        self.assertIn(self.ann, event.partner_ids)
        self.assertIn("Has a dog", self.ann.comment)
        self.assertIn("Rings twice", self.ann.comment)
        followers = self.ann.message_partner_ids
        self.assertGreaterEqual(followers, (self.manager | self.agent).partner_id)

    # -- tickets stay as they are --------------------------------------------------

    def test_phone_number_and_tracking_key_of_tickets_stay(self):
        ticket = self._create_ticket(partner_id=self.twin.id)
        phone, number = ticket.partner_phone, ticket.number
        self._merge()
        self.assertEqual(ticket.partner_id, self.ann)
        self.assertEqual(ticket.partner_phone, phone)
        self.assertEqual(ticket.partner_name, "Anna")
        self.assertEqual(self.tickets._find_by_track_key(number, phone), ticket)

    def test_the_merged_phone_and_email_keep_finding_the_customer(self):
        self._merge()
        for values in (
            {"partner_phone": "+39 02 5550 5678"},
            {"partner_email": "anna@example.com"},
        ):
            with self.subTest(values=values):
                self.assertEqual(self._create_ticket(**values).partner_id, self.ann)
        self.assertEqual(
            set(self.ann.service_contact_point_ids.mapped("value")),
            {"+390255505678", "anna@example.com"},
        )

    def test_what_the_one_who_stays_lacks_is_filled_in(self):
        bare = self._create_partner(name="Ann")
        self._merge(self.ann, bare)
        self.assertEqual((bare.phone_sanitized, bare.email), (PHONE, "ann@example.com"))
        self.assertFalse(bare.service_contact_point_ids)

    def test_other_phones_that_both_have_become_one(self):
        for partner, value in (
            (self.ann, "+39 02 5550 4444"),
            (self.twin, "+39 02 5550 4444"),
            (self.twin, PHONE),
            (self.twin, "+39 02 5550 3333"),
        ):
            self.env["service.contact.point"].create(
                {"partner_id": partner.id, "value": value}
            )
        self._merge()
        self.assertEqual(
            sorted(self.ann.service_contact_point_ids.mapped("value")),
            ["+390255503333", "+390255504444", "+390255505678", "anna@example.com"],
        )

    def test_a_merged_customer_brings_those_merged_before(self):
        first = self._create_partner(name="First")
        self._merge(first, self.twin)
        self._merge(self.twin, self.ann)
        self.assertEqual(self.ann.service_merge_ids.mapped("name"), ["Anna", "First"])

    def test_many_of_one_customer_are_merged_step_by_step(self):
        third = self._create_partner(name="Annie")
        self._create_ticket(partner_id=third.id)
        wizard = self._wizard(self.ann | self.twin | third)
        wizard.action_merge()
        self.env.invalidate_all()
        self.assertEqual(self.ann.service_ticket_count, 1)
        self.assertEqual(len(self.ann.service_merge_ids), 2)

    # -- who signs in ---------------------------------------------------------------

    def test_a_portal_login_sees_what_the_others_had(self):
        login = new_test_user(
            self.env, "ann_login", "base.group_portal", partner_id=self.ann.id
        )
        ticket = self._create_ticket(partner_id=self.twin.id)
        wizard = self._wizard()
        self.assertEqual(wizard.dst_partner_id, self.ann)
        wizard.action_merge()
        self.env.invalidate_all()
        self.assertEqual(login.partner_id, self.ann)
        self.assertEqual(login.login, "ann_login")
        self.assertEqual(ticket.partner_id.commercial_partner_id, self.ann)

    def test_the_one_who_signs_in_is_proposed_and_must_stay(self):
        new_test_user(
            self.env,
            "twin_login",
            "base.group_portal",
            partner_id=self.twin.id,
            name="Anna",
        )
        self.assertEqual(self._wizard().dst_partner_id, self.twin)
        self._assert_refused(
            "“Anna” signs in to the portal", self.ann | self.twin, self.ann
        )

    def test_two_who_sign_in_stay_two(self):
        new_test_user(self.env, "a1", "base.group_portal", partner_id=self.ann.id)
        archived = new_test_user(
            self.env, "a2", "base.group_portal", partner_id=self.twin.id
        )
        archived.active = False
        self._assert_refused("More than one of these signs in", self.ann | self.twin)
        self._assert_refused(
            "More than one of these signs in", self.ann | self.twin, user=self.manager
        )

    def test_a_colleague_is_no_customer_to_merge(self):
        for target in (self.ann, self.supervisor.partner_id):
            with self.subTest(target=target.name):
                self._assert_refused(
                    "is a colleague", self.ann | self.supervisor.partner_id, target
                )
        robot = self.env.ref("base.partner_root")
        self._assert_refused("is a colleague", self.ann | robot)
        public = self.env.ref("base.public_user").sudo().partner_id
        self._assert_refused("is a colleague", self.ann | public)

    def test_contacts_of_a_merged_company_belong_to_the_other(self):
        group = self._create_partner(name="Group", is_company=True)
        old = self._create_partner(name="Old", is_company=True)
        new = self._create_partner(name="New", is_company=True, parent_id=group.id)
        clerk = self._create_partner(name="Clerk", parent_id=old.id)
        self._merge(old, new)
        self.assertEqual(clerk.parent_id, new)
        self.assertEqual(clerk.commercial_partner_id, new.commercial_partner_id)
        self.assertTrue(clerk.complete_name.startswith("New"))

    # -- what stays apart -----------------------------------------------------------

    def test_companies_keep_their_customers_apart(self):
        everywhere = self._create_user("agent", login="everywhere")
        everywhere.company_ids |= self.other_company
        both = self.ann | self.twin
        self.twin.company_id = self.other_company
        self._assert_refused(
            "different companies: Ann .all companies.", both, user=everywhere
        )
        self.ann.company_id = self.company
        self._assert_refused("different companies", both, user=everywhere)

    def test_a_customer_whom_one_may_not_write_is_not_merged(self):
        self.env.ref("base.res_partner_rule").active = True
        both = self.ann | self.twin
        for own in (both, self.twin):
            own.company_id = self.other_company
            self._assert_refused("may not change every contact", both)
            self._assert_refused(
                "may not change every contact", both, user=self.manager
            )

    def test_a_companys_own_contact_stays(self):
        self._assert_refused(
            "is a company of this database", self.ann | self.company.partner_id
        )
        self._assert_refused(
            "is a company of this database", self.ann | self.other_company.partner_id
        )

    def test_a_contact_is_not_merged_with_his_own_company(self):
        hotel = self._create_partner(name="Hotel", is_company=True)
        desk = self._create_partner(name="Desk", parent_id=hotel.id)
        self.ann.parent_id = desk
        self._assert_refused("“Ann” is a contact of “Hotel”", self.ann | hotel)

    def test_a_technician_merges_nobody(self):
        with self.assertRaises(AccessError):
            self._wizard(user=self.technician)

    def test_elsewhere_in_odoo_different_emails_are_still_refused(self):
        clerk = new_test_user(
            self.env, "a_clerk", "base.group_user,base.group_partner_manager"
        )
        with self.assertRaisesRegex(UserError, "same email"):
            self._wizard(user=clerk).action_merge()

    def test_a_row_of_ours_that_can_be_there_once_only_stops_the_merge(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX test_once ON service_asset (partner_id, product_id)"
        )
        product = self.env["product.product"].create({"name": "Fridge"})
        for partner, number in ((self.ann, "1"), (self.twin, "2")):
            self._create_asset(
                partner_id=partner.id, serial_number=number, product_id=product.id
            )
        self.env.flush_all()
        with self.assertRaisesRegex(UserError, "the same entry in “Installed Unit”"):
            self._wizard().action_merge()
        self.assertTrue(self.twin.exists())

    def test_a_row_that_comes_meanwhile_makes_the_merge_start_again(self):
        wizard = self._wizard()
        error = psycopg2.errors.ForeignKeyViolation("a ticket came")

        def fail(*_args):
            raise error

        self.patch(type(wizard), "_update_foreign_keys", fail)
        with self.assertRaises(ConcurrencyError):
            wizard.action_merge()

    # -- ahead and afterwards ----------------------------------------------------------

    def test_the_window_tells_what_moves(self):
        self._create_ticket(partner_id=self.twin.id)
        self._create_ticket(partner_id=self.twin.id)
        self._create_asset(partner_id=self.twin.id)
        summary = self._wizard().service_summary
        self.assertIn("Tickets 2", summary)
        self.assertIn("Units 1", summary)
        self.assertFalse(self._wizard().service_problem)
        with Form(self._wizard()) as form:  # as the browser computes it
            self.assertIn("Tickets 2", form.service_summary)
            form.dst_partner_id = self.twin
            self.assertNotIn("Tickets 2", form.service_summary or "")

    def test_the_window_counts_no_complaint_about_the_reader(self):
        self._create_ticket(
            partner_id=self.twin.id,
            type_id=self.complaint.id,
            complained_user_id=self.agent.id,
        )
        for user, said in ((self.supervisor, True), (self.agent, False)):
            with self.subTest(user=user.login):
                summary = self._wizard(user=user).service_summary or ""
                self.assertEqual("Complaints 1" in summary, said)

    def test_a_merge_is_written_down(self):
        ticket = self._create_ticket(partner_id=self.twin.id)
        former = self.twin.id
        self._merge()
        log = self.ann.service_merge_ids
        self.assertRecordValues(
            log,
            [
                {
                    "name": "Anna",
                    "former_id": former,
                    "phone": "+390255505678",
                    "email": "anna@example.com",
                    "user_id": self.agent.id,
                    "moved_summary": "Service Ticket 1",
                }
            ],
        )
        self.assertEqual(log.moved_rows["service.ticket.partner_id"], ticket.ids)
        self.assertEqual(log.former_values["name"], "Anna")
        self.assertTrue(log.merged_at)

    def test_what_is_written_down_is_nobodys_to_change(self):
        self._merge()
        log = self.ann.service_merge_ids.with_user(self.manager)
        for attempt in (
            lambda: log.write({"name": "Nobody"}),
            lambda: log.unlink(),
            lambda: log.create({"name": "X"}),
        ):
            with self.assertRaises(AccessError):
                attempt()
        with self.assertRaises(AccessError):
            log.read(["moved_rows"])

    def test_no_context_of_a_caller_changes_what_is_written_down(self):
        wizard = self._wizard().with_context(
            default_name="Forged", default_user_id=self.manager.id, default_note="x"
        )
        wizard.action_merge()
        log = self.env["service.partner.merge"].search([], limit=1)
        self.assertEqual((log.name, log.user_id), ("Anna", self.agent))
        self.assertNotIn("x", self.ann.service_contact_point_ids.mapped("value"))

    def test_what_is_written_down_stays_in_its_company(self):
        (self.ann | self.twin).company_id = self.company
        self._merge()
        log = self.ann.service_merge_ids
        self.assertEqual(log.company_id, self.company)
        self.assertFalse(
            self._as(self.stranger)["service.partner.merge"].search(
                [("id", "=", log.id)]
            )
        )

    def test_two_who_were_told_apart_can_still_be_merged(self):
        self.ann._add_service_distinct(self.twin)
        self._merge()
        self.assertFalse(self.ann.service_distinct_ids)

    def test_a_policy_for_both_customers_is_for_the_one(self):
        policy = self.env["service.sla.policy"].create(
            {
                "name": "Gold",
                "partner_ids": [Command.set((self.ann | self.twin).ids)],
            }
        )
        self._merge()
        self.assertEqual(policy.partner_ids, self.ann)
