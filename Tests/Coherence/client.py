"""A client's connection: sends batches, matches replies with operations, connects again when it is lost."""

import collections
import contextlib
import socket

from keys import DIRECT
from operations import Expect
from records import Loss
from resp import INCOMPLETE, OWN_NAME, command, parse

AGAIN = 0.03


class Client:
    """A client of Redis, at one site at a time: `addresses` are pairs of a site and an address there, of which it uses
    the next one that accepts when its connection is lost. `role` is what it does when it has nothing outstanding: see
    Worker."""

    parse = staticmethod(parse)
    pipelines = True

    def __init__(self, worker, name, addresses, database, protocol, role):
        self.worker = worker
        self.workload = worker.workload
        self.name = name
        self.addresses = collections.deque(addresses)
        self.site = addresses[0][0]
        self.database = database
        self.protocol = protocol
        self.role = role
        self.operations = collections.deque()
        self.seen = {}
        self.sweep = collections.deque()
        self.sweeping = False
        self.socket = None
        self.opened = 0.0
        self.buffer = b""
        self.unsent = b""
        self.waiting_since = 0.0

    def __repr__(self):
        return self.name

    @property
    def visible(self):
        """The databases that it may use."""
        return self.workload.visible(self.site)

    def connect(self, now):
        self.opened = now
        for _ in range(len(self.addresses)):
            site, address = self.addresses[0]
            with contextlib.suppress(OSError):
                self.socket = self.open(address)
                break
            self.addresses.rotate(-1)
        else:
            self.worker.at(now + 2 * AGAIN, self.connect)
            return
        if site != self.site:
            self.moved(site)
        self.worker.watch(self)
        self.seen = {}
        self.greet(now)

    def open(self, address):
        """A connected socket."""
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        connection = socket.socket(family)
        try:
            connection.settimeout(10)
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        if family == socket.AF_INET:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setblocking(False)
        return connection

    def moved(self, site):
        """It is at another sidecar now: what it was to find out at the old one, others must."""
        self.site = site
        self.sweep.clear()
        if self.database not in self.visible:
            self.database = self.worker.rng.choice(self.visible)

    def greet(self, now):
        greeting = [(command(b"SELECT", b"%d" % self.database.number), Expect(b"OK"))]
        if self.site == DIRECT:
            greeting.append((command(b"CLIENT", b"SETNAME", OWN_NAME), Expect(b"OK")))
        elif self.worker.rng.random() < 0.5:
            # It has a connection of its own from now on, and moves between that and the one that all share.
            greeting.append((command(b"CLIENT", b"ID"), Expect(None)))
        if self.protocol == 3:
            greeting.insert(0, (command(b"HELLO", b"3"), Expect(None)))
        if password := self.worker.topology.password:
            greeting.insert(0, (command(b"AUTH", password), Expect(b"OK")))
        self.send(greeting, now)

    def send(self, commands, now):
        """Sends (bytes, operation) pairs with one system call if the kernel takes them."""
        if not self.operations:
            self.waiting_since = now
        self.operations.extend(operation for _, operation in commands)
        data = b"".join([bytes_ for bytes_, _ in commands])
        if self.unsent:
            self.unsent += data
            return
        try:
            sent = self.socket.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            return  # what was received before the end is still to be read, and the end with it
        if sent < len(data):
            self.unsent = data[sent:]
            self.worker.want_to_write(self, True)

    def writable(self):
        with contextlib.suppress(BlockingIOError, OSError):
            self.unsent = self.unsent[self.socket.send(self.unsent) :]
        if not self.unsent:
            self.worker.want_to_write(self, False)

    def readable(self, clock):
        try:
            data = self.socket.recv(262144)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            now = clock()
            loss = Loss(self.name, self.addresses[0][0], self.opened, now, bool(self.buffer))
            self.worker.records.losses.append(loss)
            self.lost(now)
            return
        buffer = self.buffer + data if self.buffer else data
        position, length, operations = 0, len(buffer), self.operations
        now = clock()
        while position < length:
            reply, end = self.parse(buffer, position)
            if reply is INCOMPLETE:
                break
            position = end
            if not operations:
                self.worker.broken("a reply that nobody asked for", None, self, repr(reply), now)
                self.lost(now)
                return
            self.worker.replies += 1
            operations.popleft().finish(reply, self, now)
            if self.socket is None:
                return
        self.waiting_since = now
        self.buffer = buffer[position:] if position < length else b""
        if not operations:
            self.worker.idle(self, clock())

    def refused(self, reply, now):
        """What the commands behind it stand on was refused: it begins anew."""
        self.worker.error(reply, None, self, now)
        self.lost(now)

    def lost(self, now):
        """The connection is gone, and with it the replies to what was sent."""
        if self.socket is None:
            return
        self.worker.forget(self)
        with contextlib.suppress(OSError):
            self.socket.close()
        self.socket = None
        self.buffer = self.unsent = b""
        self.worker.reconnects += 1
        operations = list(self.operations)
        self.operations.clear()
        for operation in operations:
            operation.fail(self, now)
        self.addresses.rotate(-1)
        self.worker.at(now + AGAIN, self.connect)
