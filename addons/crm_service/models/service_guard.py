# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.tools import clean_context


def without_defaults(records):
    """Return `records` without the `default_*` keys that a caller may have sent."""
    # The whole context is replaced on purpose: a key can only be left out so.
    return records.with_context(  # pylint: disable=context-overridden
        clean_context(records.env.context)
    )


def has_changed(record, vals, names):
    """Tell whether `vals` hold another value for one of the fields `names`."""
    return any(
        record._fields[name].convert_to_write(record[name], record) != vals[name]
        for name in names & vals.keys()
    )


def of_all_companies(records):
    """Return `records` as their user sees them in all of his companies.

    Telephones ring for companies too that are not switched on in the browser.
    """
    env = records.env
    companies = env.company | env.user.company_ids
    return records.with_context(allowed_company_ids=companies.ids)
