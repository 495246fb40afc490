"""The main job: from a customer's call to both companies' books, over RPC.

Usage: main_job.py [--url http://127.0.0.1:8069] [--db demo]

It works as the users of the demo world through Odoo's official client library, by
XML-RPC and by JSON-2, prints what comes of it, and checks it. It can be run again:
each run is a new call. The exit code is 1 when something does not agree.
"""

import argparse
import sys
import time
import xmlrpc.client

import httpx
import requests

from loop.clients import Demo, explain
from loop.printout import Printout
from loop.story import Disagreement, Story


def main():
    """Run the loop once; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8069")
    parser.add_argument("--db", default="demo")
    arguments = parser.parse_args()
    out = Printout()
    started = time.monotonic()
    try:
        Story(Demo(arguments.url, arguments.db), out).tell()
    except (Disagreement, xmlrpc.client.Error, ValueError) as error:
        return fail(out, f"The loop stopped: {explain(error)}")
    except (OSError, httpx.HTTPError, requests.RequestException) as error:
        return fail(out, f"The server at {arguments.url} does not answer: {error}")
    out.say(f"\nThe loop is closed, in {time.monotonic() - started:.1f} seconds.")
    return 0


def fail(out, sentence):
    """Print what went wrong; return the exit code."""
    out.say(f"\nFAILED. {sentence}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
