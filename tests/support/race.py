"""Calls that reach the servers at the same moment."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress


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
