# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.tools import format_date

from ..tools.entitlement import CUSTOMER
from .service_warranty_facts import DATE_FIELDS


class Entitlement:
    """Who pays in one case, and why.

    :ivar dict shares: {payer: Fraction above zero}; exactly one together
    :ivar Fraction claim: the share that may be claimed from the supplier
    :ivar list sources: [(payer, model, id)] of what pays, without the customer
    :ivar list claim_sources: [(model, id)] of the supplier's terms that pay
    :ivar override: `service.entitlement.override` that decided it, or None
    :ivar dict advised: the shares without that decision
    """

    def __init__(self, case, answer, texts, override=None, advised=None):
        """Keep the answer; the sentences are made when somebody asks for them."""
        self.case = case
        self.shares = answer.shares
        self.claim = answer.claim
        self.advised = answer.shares if advised is None else advised
        self.override = override
        self.codes = answer.reasons
        self.claim_codes = answer.claim_reasons
        self._texts = texts
        texts.note(self)

    @property
    def sources(self):
        """What pays: [(payer, model, id)], without the customer."""
        if self.override is not None:
            own = (self.override._name, self.override.id)
            return [(p, *own) for p in self.shares if p != CUSTOMER]
        return [(r.payer, *r.source) for r in self.codes if r.share and r.source]

    @property
    def claim_sources(self):
        """The supplier's terms that pay: [(model, id)]."""
        return [r.source for r in self.claim_codes if r.share and r.source]

    @property
    def reasons(self):
        """Why it is so: a sentence for each cover, and one for the customer."""
        told = [self._texts.tell(self.case, reason) for reason in self.codes]
        if self.override is None:
            return told
        return [*self._texts.tell_override(self.override), *told]

    @property
    def claim_reasons(self):
        """Why that may be claimed: a sentence for each of the supplier's covers."""
        return [
            self._texts.tell(self.case, reason, is_claim=True)
            for reason in self.claim_codes
        ]

    def get_until(self, payer):
        """Return the last day on which `payer` pays this share, or None."""
        days = [r.on for r in self.codes if r.payer == payer and r.share and r.on]
        return min(days, default=None)


class EntitlementTexts:
    """The sentences of many answers; names are looked up once for all."""

    def __init__(self, env):
        """Keep the environment, whose language counts."""
        self.env = env
        self.entitlements = []
        self.names = None
        self.days = {}

    def note(self, entitlement):
        """Remember an answer whose sentences somebody may ask for."""
        self.entitlements.append(entitlement)

    def tell(self, case, reason, is_claim=False):
        """Return the sentence of a Reason, in the words of the user.

        :param bool is_claim: whether it is about what the supplier owes us
        """
        self._look_up_names()
        if reason.payer == CUSTOMER:
            return self._tell_customer(case, reason)
        cover = self._name_cover(reason, is_claim)
        if reason.code == "pays":
            return self._tell_payment(cover, reason)
        return self._tell_refusal(case, reason, cover)

    def tell_override(self, override):
        """Return the sentences of what somebody decided."""
        return [
            self.env._(
                "%(person)s decided so on %(day)s: %(reason)s",
                person=override.user_id.sudo().name,  # sudo: who decided is told
                day=self._format_day(override.decided_at.date()),
                reason=override.reason,
            ),
            self.env._("Without this decision:"),
        ]

    def _tell_customer(self, case, reason):
        share = self._format_share(reason.share)
        if reason.code == "rest":
            return self.env._("The customer pays %(share)s.", share=share)
        if not case["asset_id"]:
            return self.env._(
                "No unit is named, so nothing covers it: the customer pays %(share)s.",
                share=share,
            )
        return self.env._(
            "Nothing covers this unit: the customer pays %(share)s.", share=share
        )

    def _tell_payment(self, cover, reason):
        return self.env._(
            "%(cover)s pays %(share)s until %(day)s.",
            cover=cover,
            share=self._format_share(reason.share),
            day=self._format_day(reason.on),
        )

    def _tell_refusal(self, case, reason, cover):
        """Return why a cover does not pay."""
        day = self._format_day(reason.on)
        teller = {
            "kind": self._tell_kind,
            "no_start": self._tell_no_start,
            "excluded": self._tell_excluded,
            "usage": self._tell_usage,
        }.get(reason.code)
        if teller:
            return teller(cover, reason)
        if reason.code == "not_begun":
            return self.env._("%(cover)s begins on %(day)s.", cover=cover, day=day)
        if reason.code == "ended":
            return self.env._("%(cover)s ended on %(day)s.", cover=cover, day=day)
        if reason.code == "transferred":
            return self.env._(
                "%(cover)s ended on %(day)s, when the unit changed hands.",
                cover=cover,
                day=day,
            )
        if reason.code == "paid":
            return self.env._("%(cover)s finds nothing left to pay.", cover=cover)
        return self.env._("%(cover)s has a gap on this day.", cover=cover)

    def _tell_kind(self, cover, reason):
        return self.env._(
            "%(cover)s does not cover “%(kind)s”.",
            cover=cover,
            kind=self._get_label("kind", reason.detail),
        )

    def _tell_no_start(self, cover, reason):
        name = DATE_FIELDS.get(reason.detail)
        asset = self.env["service.asset"]
        label = asset._fields[name]._description_string(self.env) if name else ""
        return self.env._(
            "%(cover)s counts from “%(field)s”, which is not known. Enter it on the "
            "unit.",
            cover=cover,
            field=label,
        )

    def _tell_excluded(self, cover, reason):
        return self.env._(
            "%(cover)s does not pay for “%(fault)s”.",
            cover=cover,
            fault=self.names.get(("service.fault", reason.detail), ""),
        )

    def _tell_usage(self, cover, reason):
        meter, most, shown = reason.detail
        return self.env._(
            "%(cover)s ended at %(most)s: “%(meter)s” shows %(shown)s.",
            cover=cover,
            most=f"{most:g}",
            meter=self.names.get(("service.asset.meter", meter), ""),
            shown=f"{shown:g}",
        )

    # -- names ------------------------------------------------------------------

    def _name_cover(self, reason, is_claim=False):
        """Return how a cover is called: who pays, and its name."""
        payer = self._get_label("payer", reason.payer)
        if is_claim:
            payer = self.env._("The supplier's warranty")
        name = self.names.get(reason.source)
        return f"{payer} “{name}”" if name else payer

    def _get_label(self, field, value):
        """Return the label of a kind of cost or of a payer in the user's language."""
        overrides = self.env["service.entitlement.override"]
        choices = overrides._fields[field]._description_selection(self.env)
        return dict(choices).get(value, value)

    def _look_up_names(self):
        """Look up the names of all that the answers speak of, once."""
        if self.names is not None:
            return
        wanted = {}
        for entitlement in self.entitlements:
            for reason in (*entitlement.codes, *entitlement.claim_codes):
                for model, key in self._get_mentioned(reason):
                    wanted.setdefault(model, set()).add(key)
        self.names = {
            # sudo: how a cover is called is no secret to whoever hears of it
            (model, record.id): record.display_name
            for model, ids in wanted.items()
            for record in self.env[model].sudo().browse(ids).exists()
        }

    def _get_mentioned(self, reason):
        """Return [(model, id)] of what the sentence of a Reason names."""
        found = [reason.source] if reason.source else []
        if reason.code == "excluded":
            found.append(("service.fault", reason.detail))
        if reason.code == "usage":
            found.append(("service.asset.meter", reason.detail[0]))
        return found

    def _format_day(self, day):
        if day not in self.days:
            self.days[day] = format_date(self.env, day) if day else ""
        return self.days[day]

    def _format_share(self, share):
        """Return a share in percent, with as few digits as it takes."""
        return f"{float(share) * 100:.2f}".rstrip("0").rstrip(".") + " %"
