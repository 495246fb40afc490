"""Where a request stands on the line that its customer sees."""


def progress_states(steps, phase, seen):
    """Tell for each step of the line how to draw it.

    :param steps: ``(code, phases)`` pairs in order
    :param str phase: the request's phase now
    :param seen: the phases that it has been in
    :return: ``(code, state)`` pairs, where state is ``done``, ``skipped``,
        ``current`` or ``todo``; nothing when the phase is not on the line
    :rtype: list[tuple[str, str]]

    >>> line = (("new", ("a",)), ("wait", ("b", "c")), ("end", ("d",)))
    >>> progress_states(line, "a", {"a"})
    [('new', 'current'), ('wait', 'todo'), ('end', 'todo')]
    >>> progress_states(line, "d", {"a", "d"})
    [('new', 'done'), ('wait', 'skipped'), ('end', 'current')]
    >>> progress_states(line, "c", {"a", "b"})
    [('new', 'done'), ('wait', 'current'), ('end', 'todo')]
    >>> progress_states(line, "elsewhere", {"a"})
    []
    """
    codes = [code for code, phases in steps if phase in phases]
    if not codes:
        return []
    here = [code for code, _phases in steps].index(codes[0])
    return [
        (code, _state(index, here, seen.intersection(phases)))
        for index, (code, phases) in enumerate(steps)
    ]


def _state(index, here, visited):
    """Return the state of the step at index when the request is at here."""
    if index == here:
        return "current"
    if index > here:
        return "todo"
    return "done" if visited or index == 0 else "skipped"
