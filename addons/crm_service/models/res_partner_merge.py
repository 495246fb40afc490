# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models
from odoo.tools import SQL

# What a customer told of himself, kept of one who was merged.
SNAPSHOT_FIELDS = (
    "name phone email street street2 zip city state_id country_id vat ref lang "
    "website function comment is_company parent_id company_id active"
).split()


class ResPartner(models.Model):
    """Which customers may become one, and what is kept of those who were merged."""

    _inherit = "res.partner"

    # -- may they -------------------------------------------------------------

    def _get_service_merge_target(self):
        """Return which of these should stay: who signs in, else the oldest."""
        logins = self._get_service_logins().partner_id.sudo(self.env.su)
        return (logins & self)[:1] or self.sorted("id")[:1]

    def _get_service_logins(self):
        """Return the users of these customers, archived ones and other companies' too.

        :return: `res.users` as superuser
        """
        # sudo: whom an agent cannot see can still not be merged away
        users = self.env["res.users"].sudo().with_context(active_test=False)
        return users.search([("partner_id", "in", self.ids)])

    def _get_service_merge_problem(self, target):
        """Return the sentence why these must not become `target`, or False."""
        return (
            self._get_access_problem()
            or self._get_login_problem(target)
            or self._get_company_problem()
            or self._get_family_problem()
        )

    def _get_access_problem(self):
        """Return why the user may not merge these, or False."""
        if self.has_access("write"):
            return False
        return self.env._(
            "You may not change every contact in this list. Take out those of other "
            "companies and of colleagues, or ask an administrator."
        )

    def _get_company_problem(self):
        """Return why companies keep these customers apart, or False."""
        # sudo: companies of others own their contacts too
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        own = companies.search([("partner_id", "in", self.ids)], limit=1)
        if own:
            return self.env._(
                "“%(name)s” is a company of this database itself and stays as it is. "
                "Take it out of the list.",
                name=own.name,
            )
        if len({partner.company_id.id for partner in self}) > 1:
            return self.env._(
                "These customers belong to different companies: %(names)s. Customers "
                "are merged within a company only. If it is one customer, set the same "
                "company on each of them first.",
                names=", ".join(partner._describe_company() for partner in self),
            )
        return False

    def _describe_company(self):
        """Return the customer's name and whose it is, for a sentence."""
        company = self.company_id.sudo().name  # sudo: only what it is called
        return f"{self.display_name} ({company or self.env._('all companies')})"

    def _get_login_problem(self, target):
        """Return why those who sign in must not be merged, or False."""
        users_sudo = self._get_service_logins()
        may_all = self.env["res.users"].has_access("write")
        staff = users_sudo.filtered(lambda u: u._is_internal() or u._is_public())
        if staff and not may_all:
            return self.env._(
                "“%(name)s” is a colleague or the system itself, not a customer. Take "
                "this contact out of the list, or ask an administrator.",
                name=staff[0].partner_id.name,
            )
        if len(users_sudo) > 1:
            return self.env._(
                "More than one of these signs in here: %(names)s. Decide on one login "
                "and have an administrator move the others to contacts of their own.",
                names=", ".join(
                    f"{user.partner_id.name} ({user.login})" for user in users_sudo
                ),
            )
        if users_sudo and target and users_sudo.partner_id.id != target.id:
            return self.env._(
                "“%(name)s” signs in to the portal. Keep this contact and merge the "
                "others into it.",
                name=users_sudo.partner_id.name,
            )
        return False

    def _get_family_problem(self):
        """Return why a contact cannot be merged with his own company, or False."""
        for partner in self.sudo():  # sudo: a company of others is above him too
            parent = partner.parent_id
            while parent:
                if parent in self:
                    return self.env._(
                        "“%(name)s” is a contact of “%(parent)s”. Merge people with "
                        "people and companies with companies.",
                        name=partner.name,
                        parent=parent.name,
                    )
                parent = parent.parent_id
        return False

    def _lock_for_merge(self):
        """Lock these customers: nobody adds rows for them until they are one."""
        self.env.cr.execute(
            SQL(
                "SELECT id FROM res_partner WHERE id IN %s ORDER BY id FOR UPDATE",
                tuple(self.ids),
            )
        )

    # -- what is kept ---------------------------------------------------------

    def _log_service_merge(self, target):
        """Write down who these customers were and what of theirs goes to `target`."""
        now = fields.Datetime.now()
        vals_list = [
            {**partner._prepare_merge_log_vals(), "partner_id": target.id}
            for partner in self
        ]
        # sudo: people read this list, only a merge writes it
        logs = self.env["service.partner.merge"].sudo()
        logs.create(
            [{**vals, "user_id": self.env.uid, "merged_at": now} for vals in vals_list]
        )

    def _prepare_merge_log_vals(self):
        """Return what is written down of a customer before he is merged."""
        rows = self._get_referring_rows()
        counts = {}
        for (model, _column), ids in rows.items():
            counts[model] = counts.get(model, 0) + len(ids)
        return {
            "name": self.display_name,
            "company_id": self.company_id.id,
            "former_id": self.id,
            "phone": self.phone,
            "email": self.email,
            "address": self._get_service_address(),
            "former_values": self.read(SNAPSHOT_FIELDS, load=None)[0],
            "moved_rows": {f"{m}.{c}": ids for (m, c), ids in rows.items()},
            "moved_counts": counts,
        }

    def _keep_contact_points(self, target):
        """Let `target` be found by the phones and e-mails of these customers too."""
        # sudo: whoever may merge contacts in Odoo keeps them known to the service
        points = self.env["service.contact.point"].sudo()
        self, target = self.sudo(), target.sudo()
        known = {target.phone_sanitized, target.email_normalized}
        known |= set(target.service_contact_point_ids.mapped("value"))
        for partner in self:
            for point in partner.service_contact_point_ids:
                if point.value in known:
                    point.unlink()
                known.add(point.value if point.exists() else False)
            for kind, value in (
                ("phone", target.phone and partner.phone_sanitized),
                ("email", target.email and partner.email_normalized),
            ):
                if value and value not in known:
                    known.add(value)
                    note = self.env._("From %(name)s, merged", name=partner.name)
                    points.create(
                        {
                            "partner_id": target.id,
                            "kind": kind,
                            "value": value,
                            "note": note,
                        }
                    )

    def _count_service_rows(self):
        """Return [(label, count)] of what these customers have, by kind.

        As far as the reader may see it: a number, too, would tell somebody that there
        is a complaint about him. All of it moves.
        """
        if not self:
            return []
        customer = self.env["service.customer"]
        sources = customer._prepare_sources(
            customer._get_sources(), customer._get_scope(self), self
        )
        return [(source["label"], source["count"]) for source in sources]
