# Sourced by bin/demo, bin/test and bin/lint: finds a Python and starts a command.
# PYTHON=/path names another one. Only what is needed to get to Python is here.

fits() {
    "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' \
        >/dev/null 2>&1
}

find_python() {
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.10}; do
        if fits "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}

start() {
    if ! python=$(find_python) && [ -z "${PYTHON:-}" ] && [ "$(id -u)" = 0 ] &&
        command -v apt-get >/dev/null; then
        echo "==> System packages: python3 python3-venv"
        { apt-get -q update && apt-get -q -y install python3 python3-venv; } \
            </dev/null >/tmp/after-sales-python.$$ 2>&1 || cat /tmp/after-sales-python.$$
        rm -f /tmp/after-sales-python.$$
        python=$(find_python)
    fi
    if [ -z "$python" ]; then
        echo "FAILED: No Python that can run Odoo 19 was found${PYTHON:+ at $PYTHON}."
        echo "  Cause: Odoo 19 wants Python 3.10 to 3.13."
        echo "  What to do: sudo apt-get install python3 python3-venv, or name one:" \
            "PYTHON=/usr/bin/python3.11 $0"
        exit 1
    fi
    PYTHONPATH=$root/bin/lib exec "$python" -B -m "bringup.$@"
}
