"""Databases with their filestores: copied, renamed and dropped together."""

import os
import shutil

from .steps import run

SEEN_BY_PEOPLE = "Run the command again; if it stays, start over with --fresh."


def filestore(runtime, name):
    """The folder of a database's attachments."""
    return runtime.data_dir / "filestore" / name


def exists(runtime, name):
    """Whether there is a database of that name."""
    query = f"SELECT 1 FROM pg_database WHERE datname = '{name}'"
    return bool(runtime.cluster.sql(query))


def copy(runtime, source, name):
    """Copy a database that nobody is connected to, in about a second.

    Attachments never change once written, so their files are linked.
    """
    drop(runtime, name)
    run(
        ["createdb", "-T", source, name],
        what=f"The database {source} could not be copied to {name}.",
        todo=SEEN_BY_PEOPLE,
        env=runtime.environment(),
    )
    if filestore(runtime, source).is_dir():
        shutil.copytree(
            filestore(runtime, source), filestore(runtime, name), copy_function=os.link
        )


def drop(runtime, name):
    """Drop a database and its attachments; none of them needs to be there."""
    run(
        ["dropdb", "--if-exists", "--force", name],
        what=f"The database {name} could not be dropped.",
        todo=SEEN_BY_PEOPLE,
        env=runtime.environment(),
    )
    shutil.rmtree(filestore(runtime, name), ignore_errors=True)


def rename(runtime, source, name):
    """Give a finished database its name, replacing an earlier one."""
    drop(runtime, name)
    runtime.cluster.sql(f'ALTER DATABASE "{source}" RENAME TO "{name}"')
    if filestore(runtime, source).is_dir():
        filestore(runtime, source).rename(filestore(runtime, name))


def note(runtime, name, text=None):
    """Read the note on a database, or write one (its comment in PostgreSQL)."""
    if text is not None:
        text = text.replace("'", "''")
        runtime.cluster.sql(f"COMMENT ON DATABASE \"{name}\" IS '{text}'")
        return text
    lines = runtime.cluster.sql(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
        f"WHERE datname = '{name}'"
    )
    return "\n".join(lines)
