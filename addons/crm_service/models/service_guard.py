# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.


def has_changed(record, vals, names):
    """Tell whether `vals` hold another value for one of the fields `names`."""
    return any(
        record._fields[name].convert_to_write(record[name], record) != vals[name]
        for name in names & vals.keys()
    )
