"""Telling people what happens, and what to do when it does not."""

import contextlib
import errno
import os
import subprocess
import sys
import time

RUNNING = []


class Failure(Exception):
    """A step that cannot go on, in words for the person at the terminal.

    :param str what: what failed
    :param str cause: why, as far as it is known
    :param str todo: what to do now
    """

    def __init__(self, what, cause="", todo=""):
        super().__init__(what)
        self.what = what
        self.cause = cause
        self.todo = todo

    def __str__(self):
        lines = [f"FAILED: {self.what}"]
        if self.cause:
            lines.append(f"  Cause: {self.cause}")
        if self.todo:
            lines.append(f"  What to do: {self.todo}")
        return "\n".join(lines)


def say(text=""):
    """Print a line at once, so that logs and terminals keep the order."""
    print(text, flush=True)


@contextlib.contextmanager
def step(title):
    """Print the title before, and the time that it took after.

    Steps within steps are indented.
    """
    margin = "    " * len(RUNNING)
    say(f"{margin}==> {title}")
    RUNNING.append(title)
    started = time.monotonic()
    try:
        yield
    finally:
        RUNNING.pop()
    say(f"{margin}    done in {time.monotonic() - started:.1f} s")


def failure_from_os_error(error):
    """Put an operating system error into words.

    :param OSError error: what the system said
    :rtype: Failure
    """
    place = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure(
            "The disk is full" + place + ".",
            str(error),
            "Free about 3 GB, or put the cache elsewhere with "
            "SERVICE_CACHE=/folder, and run the command again.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Failure(
            "A file or folder cannot be written" + place + ".",
            str(error),
            "Run the command as the owner of the folder, or put the cache "
            "elsewhere with SERVICE_CACHE=/folder.",
        )
    return Failure("The system refused an operation" + place + ".", str(error))


def main(command):
    """Run a command and turn what goes wrong into a message and an exit code.

    :param command: a callable that takes the arguments and returns an exit code
    """
    try:
        code = command(sys.argv[1:])
    except Failure as failure:
        say(str(failure))
        code = 1
    except KeyboardInterrupt:
        say("\nInterrupted. Run the same command again: it goes on from here.")
        code = 130
    except OSError as error:
        say(str(failure_from_os_error(error)))
        code = 1
    sys.exit(code or 0)


def last_lines(path, count=15):
    """The end of a log file, indented; empty when there is none."""
    try:
        lines = path.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in lines[-count:])


def run(args, *, what, todo="", log=None, check=True, **options):
    """Run a program, its output going to a log file or being captured.

    :param list args: the program and its arguments
    :param str what: the sentence to fail with
    :param str todo: what to do when it fails
    :param pathlib.Path log: where its output is appended
    :return: the finished process
    """
    args = [os.fspath(arg) for arg in args]
    try:
        if log is None:
            done = subprocess.run(
                args, capture_output=True, text=True, errors="replace", **options
            )
        else:
            with open(log, "ab") as output:
                done = subprocess.run(
                    args, stdout=output, stderr=subprocess.STDOUT, **options
                )
    except FileNotFoundError as error:
        raise Failure(what, f"{args[0]} is not installed.", todo) from error
    if check and done.returncode:
        raise Failure(what, _cause(args, done, log), todo)
    return done


def _cause(args, done, log):
    """What a failed program said last."""
    cause = f"{os.path.basename(args[0])} ended with code {done.returncode}."
    if log is not None:
        return f"{cause} The end of {log}:\n{last_lines(log)}"
    said = (done.stderr or done.stdout or "").strip().splitlines()[-12:]
    return "\n    ".join([cause, *said])
