"""Calls that reach the servers at the same moment."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

# Runs inside Odoo: each process waits here until both have come.
MEET = """
import time
env.cr.execute("SELECT pg_advisory_lock_shared(77)")
env.cr.commit()
while True:
    env.cr.execute(
        "SELECT count(DISTINCT pid) FROM pg_locks "
        "WHERE locktype = 'advisory' AND objid = 77 AND database = "
        "(SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    if env.cr.fetchone()[0] >= 2:
        break
    env.cr.commit()
    time.sleep(0.05)
env.cr.commit()
"""


def race(*calls):
    """Make calls at once.

    :param calls: functions without arguments
    :return: what they returned, in their order
    """
    barrier = threading.Barrier(len(calls))

    def run(call):
        barrier.wait(60)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, c) for c in calls]]


def send_and_hang_up(host, port, request):
    """Send a request and cut the connection before the answer.

    :param bytes request: a whole HTTP request
    """
    with socket.create_connection((host, port), timeout=30) as connection:
        connection.sendall(request)
        # a reset instead of a farewell
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
