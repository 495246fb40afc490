"""Making records once, known by a name of ours, and setting the clock back."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo import fields

MODULE = "demo_world"


class Records:
    """The records of the demo world, found again by their names.

    :param env: an Odoo environment of the superuser
    """

    def __init__(self, env):
        self.env = env

    def find(self, name):
        """Return the record of that name, or None."""
        return self.env.ref(f"{MODULE}.{name}", raise_if_not_found=False)

    def __getitem__(self, name):
        """Return the record of that name; it must be there."""
        return self.env.ref(f"{MODULE}.{name}")

    def known(self, names):
        """Return which of the names stand for a record already."""
        return set(
            self.env["ir.model.data"]
            .search([("module", "=", MODULE), ("name", "in", list(names))])
            .mapped("name")
        )

    def ensure(self, model, vals_by_name, **context):
        """Create the records that are missing, in one batch.

        :param str model: name of the model
        :param dict vals_by_name: {name: create values}
        :param context: what to add to the context
        :return: {name: record} of those created now
        """
        known = self.known(vals_by_name)
        missing = {n: vals for n, vals in vals_by_name.items() if n not in known}
        created = self.env[model].with_context(**context).create(list(missing.values()))
        made = dict(zip(missing, created, strict=True))
        self.remember(made)
        return made

    def remember(self, named):
        """Give records names.

        :param dict named: {name: record}
        """
        self.env["ir.model.data"].create(
            [
                {
                    "module": MODULE,
                    "name": name,
                    "model": record._name,
                    "res_id": record.id,
                    "noupdate": True,
                }
                for name, record in named.items()
            ]
        )

    def once(self, name, record):
        """Tell whether this is the first time, and remember that it was done.

        :param str name: what is done
        :param record: what it is done to
        """
        if self.find(name):
            return False
        self.remember({name: record})
        return True

    @property
    def companies(self):
        """The companies of the group, by key."""
        keys = ("service", "refrigeration", "laundry")
        return {key: self[f"company_{key}"] for key in keys}

    def user(self, login):
        """Return the user of that login."""
        return self[f"user_{login.replace('.', '_')}"]

    def as_user(self, login):
        """Return an environment in which that user works, in all of their companies."""
        user = self.user(login)
        context = {**self.env.context, "allowed_company_ids": user.company_ids.ids}
        return self.env(user=user.id, context=context, su=False)


@contextmanager
def clock(env, moment, date_messages=True):
    """Let Odoo believe that it is another moment, for what happens meanwhile.

    :param datetime.datetime moment: UTC
    :param bool date_messages: whether messages written meanwhile are dated so, too
    """
    messages = env["mail.message"].sudo().browse()
    if date_messages:
        messages = messages.search([], limit=1, order="id desc")
    with (
        patch.object(fields.Datetime, "now", staticmethod(lambda *a: moment)),
        patch.object(fields.Date, "today", staticmethod(lambda *a: moment.date())),
        patch.object(
            fields.Date,
            "context_today",
            staticmethod(lambda record, timestamp=None: (timestamp or moment).date()),
        ),
    ):
        yield
        env.flush_all()
    if date_messages:
        messages.search([("id", ">", messages.id or 0)]).write({"date": moment})
