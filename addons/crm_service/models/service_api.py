# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import math

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

# More than any quantity or amount that a caller can mean.
LARGEST_NUMBER = 1e9


class ServiceApi(models.AbstractModel):
    """The door for other systems: helpers. Methods are added by topic.

    Methods take and give plain JSON types and name records by codes and numbers. They
    run with the caller's rights and raise errors with a sentence for people.
    """

    _name = "service.api"
    _description = "Service API"

    @api.private
    def with_context(self, *args, **kwargs):
        """Override of `with_context`, which begins every remote call.

        A caller that names no language gets sentences in the user's own.
        """
        records = super().with_context(*args, **kwargs)
        if not self.pool.ready:
            return records  # an upgrade: users may have columns that are not made yet
        lang = self.env.user.lang
        if records.env.context.get("lang") or not lang:
            return records
        if not self.env["res.lang"]._get_data(code=lang):
            return records  # switched off since the user chose it
        return super(ServiceApi, records).with_context(lang=lang)

    @api.model
    def _check_payload(self, values, allowed, required=()):
        """Return `values` checked: texts stripped, empty ones left out.

        :param dict values: what the caller sent
        :param dict allowed: {key: type or tuple of types}
        :param required: keys that must have a value
        :raises ValidationError: unknown or missing keys, or a wrong type
        """
        if not isinstance(values, dict):
            raise ValidationError(
                self.env._("Send one set of named values, not a list or a text.")
            )
        unknown = sorted(str(key) for key in set(values) - set(allowed))
        if unknown:
            raise ValidationError(
                self.env._(
                    "Unknown values: %(unknown)s. Known are: %(known)s.",
                    unknown=", ".join(unknown),
                    known=", ".join(sorted(allowed)),
                )
            )
        clean = {}
        for key, value in values.items():
            value = value.strip() if isinstance(value, str) else value
            if self._is_given(value, allowed[key]):
                self._check_type(key, value, allowed[key])
                clean[key] = value
        missing = sorted(set(required) - set(clean))
        if missing:
            raise ValidationError(
                self.env._(
                    "Values are missing: %(missing)s.", missing=", ".join(missing)
                )
            )
        return clean

    @api.model
    def _is_given(self, value, types):
        """Tell whether `value` says something: XML-RPC clients send False for none."""
        if value is False:
            return types is bool or (isinstance(types, tuple) and bool in types)
        return value is not None and value != ""

    @api.model
    def _check_type(self, key, value, types):
        """Raise a ValidationError if `value` is not of one of `types`."""
        types = types if isinstance(types, tuple) else (types,)
        if isinstance(value, bool) and bool not in types:
            types = ()
        if isinstance(value, float) and not math.isfinite(value):
            types = ()
        accepted = (*types, int) if float in types else types
        if not isinstance(value, accepted or ()):
            raise ValidationError(
                self.env._(
                    "The value of “%(key)s” has the wrong type. %(hint)s",
                    key=key,
                    hint=self._get_type_hint(types),
                )
            )
        self._check_storable(key, value)

    @api.model
    def _check_storable(self, key, value):
        """Raise a ValidationError if the database cannot hold a text or number."""
        if isinstance(value, str) and "\x00" in value:
            raise ValidationError(
                self.env._(
                    "The value of “%(key)s” contains a character that cannot be "
                    "stored. Remove it.",
                    key=key,
                )
            )
        # also false for what is no number at all
        if isinstance(value, (int, float)) and not abs(value) <= LARGEST_NUMBER:
            raise ValidationError(
                self.env._(
                    "The value of “%(key)s” is not a usable number. Correct it.",
                    key=key,
                )
            )

    @api.model
    def _get_type_hint(self, types):
        """Return the sentence that names the `types` to send."""
        if list in types:
            return self.env._("Send a list.")
        if bool in types:
            return self.env._("Send true or false.")
        if dict in types:
            return self.env._("Send a set of named values.")
        if str in types:
            return self.env._("Send a text.")
        return self.env._("Send a number.")

    @api.model
    def _lookup(self, model, field, value, label):
        """Return the one record with this code, as far as the caller may read.

        Of several, the one of the caller's company is meant, then a shared one.

        :param str label: what it is, for the error
        :raises UserError: there is none, or several
        """
        self._check_type(label, value, str)
        records = self.env[model].search([(field, "=", value)])
        if len(records) > 1 and "company_id" in records:
            own = records.filtered(lambda r: r.company_id == self.env.company)
            records = own or records.filtered(lambda r: not r.company_id) or records
        if not records:
            raise UserError(
                self.env._(
                    "There is no %(label)s “%(value)s”. Check the spelling.",
                    label=label,
                    value=value,
                )
            )
        if len(records) > 1:
            raise UserError(
                self.env._(
                    "There are several of %(label)s “%(value)s”. Give each its own "
                    "code.",
                    label=label,
                    value=value,
                )
            )
        return records
