# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import hashlib
import json

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError

from ..exceptions import ExternalRefConflict

REFERENCE_FIELDS = {"external_ref", "external_digest"}


class ServiceExternalRefMixin(models.AbstractModel):
    """Makes a submission by another system happen once, however often it is sent.

    A model that inherits has `company_id` and declares an index named
    `_external_ref_unique`: `models.UniqueIndex("(company_id, external_ref)
    WHERE external_ref IS NOT NULL")`.
    """

    _name = "service.external.ref.mixin"
    _description = "Reference of another system"

    external_ref = fields.Char(
        "External Reference",
        copy=False,
        readonly=True,
        help="The sender's own reference. The same reference makes one document only.",
    )
    external_digest = fields.Char(copy=False, readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Override to take no reference from a caller's `default_*` keys."""
        defaults = {f"default_{name}" for name in REFERENCE_FIELDS}
        if not defaults & self.env.context.keys():
            return super().create(vals_list)
        # The whole context is replaced on purpose: a key can only be left out so.
        model = self.with_context(  # pylint: disable=context-overridden
            {k: v for k, v in self.env.context.items() if k not in defaults}
        )
        return (
            super(ServiceExternalRefMixin, model).create(vals_list).with_env(self.env)
        )

    def write(self, vals):
        """Override to keep the reference that a document was made for."""
        if not self.env.su and REFERENCE_FIELDS & vals.keys():
            raise AccessError(
                self.env._("The reference of another system cannot be changed.")
            )
        return super().write(vals)

    @api.model
    def _external_digest(self, payload):
        """Return a fingerprint of `payload` (JSON types), whatever its key order."""
        text = json.dumps(payload, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _find_by_external_ref(self, external_ref, payload):
        """Return the document already made for `external_ref`, or none.

        :param str external_ref: the caller's reference
        :param payload: what the caller sent, JSON types
        :raises ExternalRefConflict: it was sent with something else
        :raises AccessError: it exists, but the caller may not read it
        """
        # sudo: a reference in use counts even where the caller may not look
        record = (
            self.with_context(active_test=False)
            .sudo()
            .search(
                [
                    ("company_id", "=", self.env.company.id),
                    ("external_ref", "=", external_ref),
                ],
                limit=1,
            )
        )
        record = self.browse(record.ids)
        if not record:
            return record
        record.check_access("read")
        if record.sudo().external_digest != self._external_digest(payload):
            raise ExternalRefConflict(
                self.env._(
                    "The reference “%(reference)s” was already used for a different "
                    "request. Send a new reference for a new request.",
                    reference=external_ref,
                )
            )
        return record

    @api.model
    def _create_once(self, vals, external_ref, payload):
        """Find the document made for `external_ref` or create it.

        :param dict vals: values to create it with
        :param external_ref: the caller's reference; without one it is created
        :param payload: what the caller sent, JSON types
        :return: (record, whether it was created now)
        :raises ConcurrencyError: somebody made it this moment; Odoo tries again
        """
        if not external_ref:
            return self.create(vals), True
        record = self._find_by_external_ref(external_ref, payload)
        if record:
            return record, False
        vals = {
            **vals,
            "external_ref": external_ref,
            "external_digest": self._external_digest(payload),
        }
        try:
            with self.env.cr.savepoint():
                record = self.create(vals)
                record.flush_recordset()
        except UniqueViolation as error:
            if error.diag.constraint_name != f"{self._table}_external_ref_unique":
                raise
            raise ConcurrencyError(str(error)) from error
        return record, True
