"""Clients that go on and on, and judge every reply: of Redis's protocol, and of HTTP."""

import http.client
import socket
import threading


class RedisClient(threading.Thread):
    """Counts up a key of its own, one command at a time."""

    def __init__(self, number, port):
        super().__init__(daemon=True)
        self.key = f"count:redis:{number}"
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.acknowledged = 0
        self.complaint = None

    def run(self):
        reader = self.connection.makefile("rb")
        while True:
            try:
                self.connection.sendall(f"INCR {self.key}\r\n".encode())
                line = reader.readline()
            except ConnectionError:
                line = b""
            # The end between two replies: what was sent last, nobody has taken.
            if line == b"":
                return
            if line != b":%d\r\n" % (self.acknowledged + 1):
                self.complaint = f"the reply to INCR {self.key} after {self.acknowledged} was {line}"
                return
            self.acknowledged += 1


class HTTPClient(threading.Thread):
    """Counts up a key of its own, one request at a time over one connection, until it is told that the connection ends."""

    def __init__(self, number, port):
        super().__init__(daemon=True)
        self.key = f"count:http:{number}"
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.acknowledged = 0
        self.complaint = None

    def run(self):
        body = f'["INCR", "{self.key}"]'
        while True:
            try:
                self.connection.request("POST", "/api/command", body, {"Content-Type": "application/json"})
                response = self.connection.getresponse()
                text = response.read()
            except (OSError, http.client.HTTPException) as error:
                self.complaint = f"a request failed: {error!r}"
                return
            if response.status != 200 or text.strip() != b'{"result":%d}' % (self.acknowledged + 1):
                self.complaint = f"the answer after {self.acknowledged} was {response.status} {text}"
                return
            self.acknowledged += 1
            if response.getheader("Connection", "").lower() == "close":
                return
