# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ..tools import periods, svg_chart

BLUE, DARK, ORANGE, GREEN = "#7c9cbf", "#1f4e79", "#d9822b", "#4b8f5c"
# Times up to so many hours are told in hours, longer ones in days.
MAX_HOURS = 48


class ServiceComplaintReportDocument(models.AbstractModel):
    """The complaint report on paper: figures, charts, and what they say in words."""

    _name = "report.crm_service.service_complaint_report_document"
    _description = "Complaint Report on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the page shows of each wizard in `docids`."""
        # `data` comes from the browser: what counts is what the wizards say
        docs = self.env["service.complaint.report.print"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": docs._name,
            "docs": docs,
            "pages": [self._get_page(doc) for doc in docs],
        }

    @api.model
    def _get_page(self, doc):
        """Return the values of one report."""
        figures = doc._get_values()
        page = {
            **figures,
            "doc": doc,
            "company": doc.company_id,
            "currency": doc.company_id.currency_id,
            "earlier_period": periods.before(doc.date_from, doc.date_to),
            "tiles": self._get_tiles(figures),
            "summary": self._get_summary(figures, doc.company_id.currency_id),
            "share_bar": lambda share: svg_chart.as_image(
                svg_chart.share_bar(share, BLUE)
            ),
            "percent": self._percent,
            "hours": self._hours,
            "made_at": fields.Datetime.now(),
        }
        page["trend_chart"] = self._get_trend_chart(figures["trend"])
        for name in ("causes", "products"):
            chart = svg_chart.pareto(figures[name]["bars"], BLUE, DARK, ORANGE)
            page[f"{name}_chart"] = svg_chart.as_image(chart)
        page["times"] = self._get_times(figures)
        return page

    # -- words ----------------------------------------------------------------

    @api.model
    def _percent(self, share):
        return f"{formatLang(self.env, 100 * share, digits=0)} %"

    @api.model
    def _hours(self, hours):
        """Return a time in words: in hours, or in days if it is long."""
        if hours is None:
            return "–"
        if hours <= MAX_HOURS:
            number = formatLang(self.env, hours, digits=1)
            return self.env._("%(number)s h", number=number)
        number = formatLang(self.env, hours / 24, digits=1)
        return self.env._("%(number)s days", number=number)

    @api.model
    def _get_change(self, now, before):
        """Return how a count has changed against the period before, in words."""
        if not before:
            return self.env._("none before")
        change = round(100 * (now - before) / before)
        if not change:
            return self.env._("as before")
        return self.env._("%(change)+d %% on %(before)d", change=change, before=before)

    @api.model
    def _get_kept(self, totals, name):
        """Return the share of promises kept of those that ended, or None."""
        kept, missed = totals[f"{name}_reached"], totals[f"{name}_missed"]
        return kept / (kept + missed) if kept + missed else None

    @api.model
    def _get_tiles(self, figures):
        """Return the figures at the top: list of (title, figure, remark)."""
        totals, earlier = figures["totals"], figures["earlier"]
        trend = figures["trend"]["rows"]
        median, most = totals["acknowledge"] or (None, None)
        answer, most_answer = totals["answer"] or (None, None)
        share = totals["safety"] / totals["count"] if totals["count"] else 0
        return [
            (
                self.env._("Received"),
                totals["count"],
                self._get_change(totals["count"], earlier["count"]),
            ),
            (
                self.env._("Open at the End"),
                trend[-1]["open"],
                self.env._("%(count)d ended", count=figures["ended"]),
            ),
            (
                self.env._("Acknowledged After"),
                self._hours(median),
                self.env._("90 %% within %(time)s", time=self._hours(most)),
            ),
            (
                self.env._("Answered After"),
                self._hours(answer),
                self.env._("90 %% within %(time)s", time=self._hours(most_answer)),
            ),
            (
                self.env._("Safety Risks"),
                totals["safety"],
                self.env._("%(share)s of all", share=self._percent(share)),
            ),
            (
                self.env._("Went to Recourse"),
                totals["recourse"],
                self._get_change(totals["recourse"], earlier["recourse"]),
            ),
        ]

    @api.model
    def _get_summary(self, figures, currency):
        """Return what the figures say, as a list of sentences."""
        totals = figures["totals"]
        overdue = figures["actions"]["rows"].filtered("is_overdue")
        said = self._get_cause_summary(figures["causes"], totals["count"])
        kept = self._get_kept(totals, "answer")
        if kept is not None:
            said.append(
                self.env._(
                    "%(share)s of the answers came when they were promised.",
                    share=self._percent(kept),
                )
            )
        if totals["granted"]:
            amount = formatLang(self.env, totals["granted"], currency_obj=currency)
            said.append(
                self.env._("Remedies worth %(amount)s were granted.", amount=amount)
            )
        if overdue:
            said.append(
                self.env._(
                    "%(count)d corrective actions are overdue.", count=len(overdue)
                )
            )
        return said

    @api.model
    def _get_cause_summary(self, causes, total):
        """Return what the ranking of causes says, as a list of sentences."""
        said = []
        if causes["bars"]:
            said.append(
                self.env._(
                    "%(vital)d of %(kinds)d causes make %(share)s of what was found; "
                    "the first is “%(cause)s” with %(first)s.",
                    vital=causes["vital"],
                    kinds=causes["kinds"],
                    share=self._percent(causes["bars"][causes["vital"] - 1].cumulated),
                    cause=causes["bars"][0].name,
                    first=self._percent(causes["bars"][0].share),
                )
            )
        if causes["missing"]:
            said.append(
                self.env._(
                    "%(count)d of %(total)d complaints have no cause yet.",
                    count=causes["missing"],
                    total=total,
                )
            )
        return said

    # -- tables and charts ------------------------------------------------------

    @api.model
    def _get_trend_chart(self, trend):
        """Return the chart of what came and what ended; labels go into the rows."""
        chart = []
        for row in trend["rows"]:
            row["label"] = self._get_label(trend["unit"], row["first"])
            chart.append((row["label"], row["received"], row["ended"]))
        return svg_chart.as_image(svg_chart.columns(chart, BLUE, GREEN))

    @api.model
    def _get_label(self, unit, day):
        """Return what a span of the trend is called."""
        patterns = {"day": "d MMM", "week": "d MMM", "month": "MMM yyyy"}
        return format_date(self.env, day, date_format=patterns[unit])

    @api.model
    def _get_times(self, figures):
        """Return a row for each severity, and for all: how long it took."""
        report = self.env["service.complaint.report"]
        labels = dict(report._fields["severity"]._description_selection(self.env))
        labels[""] = self.env._("Not assessed")
        rows = [
            (label, figures["severities"][key])
            for key, label in labels.items()
            if key in figures["severities"]
        ]
        rows.append((self.env._("All"), figures["totals"]))
        return [
            {
                "label": label,
                "count": totals["count"],
                "acknowledge": totals["acknowledge"] or (None, None),
                "answer": totals["answer"] or (None, None),
                "acknowledge_kept": self._get_kept(totals, "acknowledgement"),
                "answer_kept": self._get_kept(totals, "answer"),
            }
            for label, totals in rows
        ]
