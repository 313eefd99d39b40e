"""Clients that write keys of their own, read each other's, and judge what they are told.

A key has one writer, which writes the numbers 1, 2, 3 and so on. A write whose connection broke may or may not have been
carried out.
"""

import http.client
import json
import random
import socket
import threading
import time

from cluster import PASSWORD, TOKEN


class Key:
    """What is known of a key: the last number that its writer was told is stored, and the last that it sent."""

    def __init__(self, name):
        self.name = name
        self.stored = 0
        self.sent = 0


class Judge(threading.Thread):
    """Reads and writes until it is stopped. Errors, and keys of which a write failed, are noted with their time; a wrong
    answer ends it."""

    def __init__(self, number, keys, stop):
        super().__init__(daemon=True)
        self.random = random.Random(number)
        self.number, self.keys, self.stop = number, keys, stop
        self.seen = {}
        self.requests = 0
        self.errors = []
        self.unsure = []
        self.wrong = None

    def run(self):
        while not self.stop.is_set() and self.wrong is None:
            if self.random.random() < 0.3:
                self.write()
            else:
                self.read(self.random.choice(self.keys))
            self.requests += 1

    def write(self):
        key = self.keys[self.number]
        key.sent += 1
        if self.store(key.name, key.sent):
            key.stored = self.seen[key.name] = key.sent
        else:
            # If it is carried out, then nobody knows when: what is written next had better be another key.
            self.unsure.append((time.monotonic(), key))
            self.keys[self.number] = Key(key.name + "+")

    def read(self, key):
        floor = self.floor(key)
        value = self.load(key.name)
        if value is None:
            return
        if not floor <= value <= key.sent:
            self.wrong = f"{key.name} was {value}, after {floor} was known and before {key.sent + 1} was written"
        self.seen[key.name] = max(value, self.seen.get(key.name, 0))

    def failed(self, what):
        self.errors.append((time.monotonic(), what))


class HTTPJudge(Judge):
    """Comes through nginx. A key is always asked of the same ocm, so what is stored is what everybody must see."""

    def __init__(self, number, keys, stop, port):
        super().__init__(number, keys, stop)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def floor(self, key):
        return max(key.stored, self.seen.get(key.name, 0))

    def store(self, name, number):
        return self.ask("POST", name, json.dumps({"value": number})) is not None

    def load(self, name):
        found = self.ask("GET", name)
        return None if found is None else found.get("value", 0)

    def ask(self, method, name, body=None):
        headers = {"Authorization": f"Bearer {TOKEN}"} | ({"Content-Type": "application/json"} if body else {})
        try:
            self.connection.request(method, f"/api/cache/key/{name}", body, headers)
            response = self.connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            self.failed(f"{method}: {error!r}")
            return None
        if response.status not in (200, 404):
            self.failed(f"{method}: {response.status} {text[:200]}")
            return None
        return json.loads(text)


class RedisJudge(Judge):
    """Stays with one ocm while that lasts, and goes to the next then: what it has been told counts for a connection."""

    def __init__(self, number, keys, stop, ports):
        super().__init__(number, keys, stop)
        self.ports = ports[number % len(ports) :] + ports[: number % len(ports)]
        self.connection = self.reader = None
        self.lost = []

    def floor(self, key):
        return self.seen.get(key.name, 0)

    def connect(self):
        self.seen = {}
        while not self.stop.is_set():
            try:
                self.connection = socket.create_connection(("127.0.0.1", self.ports[0]), timeout=30)
                self.reader = self.connection.makefile("rb")
                self.connection.sendall(f"AUTH {PASSWORD}\r\n".encode())
                if self.reader.readline() == b"+OK\r\n":
                    return True
            except OSError:
                pass
            self.ports.append(self.ports.pop(0))
        return False

    def store(self, name, number):
        return self.ask(f"SET {name} {number}") == b"+OK\r\n"

    def load(self, name):
        line = self.ask(f"GET {name}")
        if line is None or line.startswith(b"-"):
            return None
        return 0 if line == b"$-1\r\n" else int(self.reader.readline())

    def ask(self, command):
        if self.connection is None and not self.connect():
            return None
        line = b""
        try:
            self.connection.sendall(f"{command}\r\n".encode())
            line = self.reader.readline()
        except OSError:
            pass
        if line.startswith(b"-"):
            self.failed(line.decode())
        elif not line:
            self.connection.close()
            self.connection = None
            self.lost.append(self.ports[0])
            return None
        return line
