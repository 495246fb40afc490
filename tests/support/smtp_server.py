"""A mail server on the loopback interface that keeps what it gets, or fails.

It speaks as much SMTP as a sender needs. Each connection takes the next of the
planned failures, or none when there are no more.
"""

import socketserver
import threading
import time
from email import message_from_bytes

# How a connection may fail: nobody is in, the recipient is put off, or the message is
# taken and the answer gets lost.
REFUSED = b"421 Try again later\r\n"
PUT_OFF = b"451 Try again later\r\n"
NO_ANSWER = b""


class _Handler(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self):
        self.failure = self.server.owner.next_failure()
        if self.failure == REFUSED:
            self.wfile.write(REFUSED)
            return
        self.wfile.write(b"220 ready\r\n")
        for line in iter(self.rfile.readline, b""):
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.owner.keep(self._read_message())
                if self.failure == NO_ANSWER:
                    return
                self.wfile.write(b"250 taken\r\n")
            elif verb == b"RCPT" and self.failure == PUT_OFF:
                self.wfile.write(PUT_OFF)
            elif verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 fine\r\n")

    def _read_message(self):
        """Return what is sent up to the line with a single dot."""
        lines = []
        for line in iter(self.rfile.readline, b".\r\n"):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)


class SmtpServer:
    """Start it with ``with``; ``messages`` are what arrived, in their order.

    :param failures: what the first connections get: REFUSED, PUT_OFF or NO_ANSWER
    :param float seconds: how long it thinks about each message
    """

    def __init__(self, failures=(), seconds=0):
        self.messages = []
        self._failures = list(failures)
        self._seconds = seconds
        self._lock = threading.Lock()
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.owner = self

    @property
    def port(self):
        return self._server.server_address[1]

    @property
    def message_ids(self):
        """The Message-Ids of what arrived, in their order."""
        with self._lock:
            return [message["Message-Id"] for message in self.messages]

    def next_failure(self):
        with self._lock:
            return self._failures.pop(0) if self._failures else None

    def keep(self, raw):
        time.sleep(self._seconds)
        with self._lock:
            self.messages.append(message_from_bytes(raw))

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self._server.shutdown()
        self._server.server_close()
