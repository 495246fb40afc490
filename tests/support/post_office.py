"""A small post office on this machine: takes mail by SMTP, hands it out by POP3.

It knows every address there is; each has a mailbox. For tests only.
"""

import socketserver
import threading
from email import message_from_bytes
from email.policy import default
from email.utils import parseaddr

HOST = "127.0.0.1"


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, handler, office):
        super().__init__((HOST, 0), handler)
        self.office = office


class _Talk(socketserver.StreamRequestHandler):
    """Lines of a conversation."""

    timeout = 60

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def read_block(self):
        """Read lines up to a single dot."""
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b".\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)


class _Smtp(_Talk):
    """Takes messages, as a mail server does."""

    def handle(self):
        self.say("220 post office")
        recipients = []
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"EHLO":
                self.say("250-post office\r\n250 SIZE 100000000")
            elif word == b"RCPT":
                recipients.append(parseaddr(line.decode().partition(":")[2])[1])
                self.say("250 ok")
            elif word == b"DATA":
                self.say("354 go on")
                self.server.office.deliver(recipients, self.read_block())
                recipients = []
                self.say("250 taken")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")


class _Pop3(_Talk):
    """Hands the messages of a mailbox out, and deletes them when told to."""

    def handle(self):
        self.say("+OK post office")
        box, dropped = [], set()
        while line := self.rfile.readline():
            word, *values = line.decode().split()
            if word.upper() == "USER":
                box = self.server.office.get_box(values[0])
                self.say("+OK")
            elif word.upper() == "STAT":
                self.say(f"+OK {len(box)} {sum(map(len, box))}")
            elif word.upper() == "LIST":
                self.say_list(box)
            elif word.upper() == "RETR":
                self.say("+OK")
                self.say_message(box[int(values[0]) - 1])
            elif word.upper() == "DELE":
                dropped.add(int(values[0]) - 1)
                self.say("+OK")
            elif word.upper() == "QUIT":
                box[:] = [m for place, m in enumerate(box) if place not in dropped]
                self.say("+OK bye")
                return
            else:
                self.say("+OK")

    def say_list(self, box):
        self.say("+OK")
        for place, message in enumerate(box, 1):
            self.say(f"{place} {len(message)}")
        self.say(".")

    def say_message(self, message):
        for line in message.splitlines():
            self.wfile.write((b"." if line.startswith(b".") else b"") + line + b"\r\n")
        self.say(".")


class PostOffice:
    """Mailboxes by address; use it with `with`."""

    def __init__(self):
        self.boxes = {}
        self.aliases = {}
        self.lock = threading.Lock()
        self.smtp = _Server(_Smtp, self)
        self.pop3 = _Server(_Pop3, self)

    def __enter__(self):
        for server in (self.smtp, self.pop3):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error):
        for server in (self.smtp, self.pop3):
            server.shutdown()
            server.server_close()

    @property
    def smtp_port(self):
        return self.smtp.server_address[1]

    @property
    def pop3_port(self):
        return self.pop3.server_address[1]

    def get_box(self, address):
        """Return the messages (bytes) that lie in a mailbox."""
        return self.boxes.setdefault(address.lower(), [])

    def collect(self, address, into):
        """Let everything for `address` lie in the mailbox `into`."""
        self.aliases[address.lower()] = into.lower()

    def deliver(self, recipients, raw):
        """Put a message into the mailboxes of its recipients, once into each."""
        with self.lock:
            boxes = {self.aliases.get(r.lower(), r.lower()) for r in recipients}
            for box in boxes:
                self.get_box(box).append(raw)

    def read(self, address):
        """Return the messages in a mailbox, parsed."""
        return [message_from_bytes(m, policy=default) for m in self.get_box(address)]
