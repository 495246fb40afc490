#!/bin/sh
# Locks the newest releases anew, for Python 3.10 to 3.13 (needs uv on the PATH).
# Run the tests on both ends of that range before committing the result.
set -e
cd "$(dirname "$0")"
for name in odoo test lint bench; do
    uv pip compile --quiet --upgrade --universal --python-version 3.10 \
        --generate-hashes --no-emit-index-url --no-annotate \
        --custom-compile-command requirements/lock.sh \
        "$name.in" --output-file "$name.txt"
done
{
    echo "# Packages that bin/demo unpacks when there is no other Odoo 19:" \
        "name, version, SHA-256."
    PYTHONPATH=../bin/lib python3 -B -m bringup.archive
} >archive.lock.new
mv archive.lock.new archive.lock
