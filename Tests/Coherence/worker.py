"""A process with many clients, in one loop, so that what one client was told before another one asked is known exactly.

It has databases of its own, hence nobody else writes its keys. At times it holds its writes: for a second of quiet,
after which every client has to see the server's own state; or when every key is about to vanish, with Redis itself."""

import collections
import heapq
import itertools
import random
import select
import time

import report
from crowd import Crowd
from eras import next_quiet, swapping, upheaval
from keys import DIRECT
from operations import TOLERATED, Inquiry
from records import Records
from workload import Workload, databases

CHASED = 8
QUIET = 1.0
HANGS = 15.0
STALLED = 0.5
SWEPT_DOCUMENTS = 50

RUNNING, DRAINING, STILL, SWEEPING, VANISHING, HELD = "running", "draining", "still", "sweeping", "vanishing", "held"


class Worker:
    """`pipe` leads to the process that injects faults."""

    def __init__(self, number, seed, topology, pipe):
        self.number = number
        self.rng = random.Random(f"{seed}/{number}")
        self.topology = topology
        self.pipe = pipe
        self.clock = time.monotonic
        self.databases = databases(number, len(topology.sidecars))
        self.workload = Workload(self.rng, self.databases)
        self.epoll = select.epoll()
        self.by_descriptor = {}
        self.timers = []
        self.order = itertools.count()
        self.doomed = []
        self.mode = RUNNING
        self.mode_since = self.quiet_at = 0.0
        self.vanish_requested = self.stopping = False
        self.replies = self.requests = self.reads = self.writes = self.reconnects = self.sweeps = 0
        self.errors = collections.Counter()
        self.violations = 0
        self.records = Records()
        self.sweepers, self.vanished = [], []
        self.crowd = Crowd(self)

    # The loop.

    def run(self):
        now = self.clock()
        for client in self.crowd:
            client.connect(now)
        self.at(now, self.vary)
        self.at(now, self.look_after)
        self.quiet_at = next_quiet(self.number, now)
        self.epoll.register(self.pipe.fileno(), select.EPOLLIN)
        before = now
        while not (self.stopping and self.mode == HELD):
            for descriptor, events in self.epoll.poll(0.01):
                client = self.by_descriptor.get(descriptor)
                if client is None:
                    if descriptor == self.pipe.fileno():
                        self.told(self.pipe.recv())
                    continue
                if events & select.EPOLLOUT:
                    client.writable()
                if events & ~select.EPOLLOUT:
                    client.readable(self.clock)
            now = self.clock()
            while self.doomed:
                self.doomed.pop().lost(now)
            while self.timers and self.timers[0][0] <= now:
                heapq.heappop(self.timers)[2](now)
            if now - before > STALLED:
                self.stalled(now)
            before = now
            self.advance(now)
        self.pipe.send(("done", self.counts()))

    def at(self, when, function):
        heapq.heappush(self.timers, (when, next(self.order), function))

    def watch(self, client):
        self.by_descriptor[client.socket.fileno()] = client
        self.epoll.register(client.socket.fileno(), select.EPOLLIN)

    def want_to_write(self, client, wanted):
        self.epoll.modify(client.socket.fileno(), select.EPOLLIN | (select.EPOLLOUT if wanted else 0))

    def forget(self, client):
        self.epoll.unregister(client.socket.fileno())
        del self.by_descriptor[client.socket.fileno()]

    def vary(self, now):
        self.workload.vary(replacing=upheaval(now), swapping=swapping(now))
        self.at(now + 0.2 + self.rng.random() * 0.8, self.vary)

    def look_after(self, now):
        """Once a second: clients that wait for ever, states that nobody needs."""
        for client in self.crowd:
            if client.operations and now - client.waiting_since > HANGS:
                self.broken("no reply", None, client, f"nothing for {HANGS:.0f} s", now)
                client.waiting_since = now
        for database in self.databases:
            for key in database.keys:
                key.forget(now)
        self.at(now + 1, self.look_after)

    def stalled(self, now):
        """This machine had no time for us, and perhaps for nobody: what was to be seen by now may take longer."""
        for database in self.databases:
            for key in database.keys:
                key.changes = collections.deque((now, version) for _, version in key.changes)
        self.mode_since = now if self.mode == STILL else self.mode_since

    # What clients do.

    def idle(self, client, now):
        """`client` has nothing outstanding."""
        if client.role != "regular" or client.socket is None:
            return
        if not client.sweep:
            client.sweeping = False
        database = client.database
        commands, read_only = client.workload.batch(client, now)
        if not commands:
            self.at(now + 0.001, lambda now: client.operations or self.idle(client, now))
            return
        client.send(commands, now)
        draw = self.rng.random()
        if draw < 0.001 and read_only:
            self.doomed.append(client)  # it leaves without waiting for its replies
        elif draw > 0.85 and client.pipelines and client.database is database:  # no write may overtake a SELECT
            more, _ = client.workload.batch(client, now)
            if more:
                client.send(more, now)

    def news(self, client, keys):
        """A client has seen states that are new at its sidecar: from this moment on nobody there may see older ones."""
        for database in {key.database for key in keys}:  # two if they were swapped
            mine = [key for key in keys if key.database is database]
            database.recent.extend(mine)
            for chaser in self.crowd.chasers.get((client.site, database.number), ()):
                if chaser.socket is not None and not chaser.operations:
                    now = self.clock()
                    some = mine if len(mine) <= CHASED else self.rng.sample(mine, CHASED)
                    chaser.send([self.workload.read(key, chaser.site, now) for key in some], now)
                    if len(mine) <= CHASED:
                        break

    def unlock(self, key, wait=0):
        """A write to `key` is done with. If one was lost, the server is asked before anybody writes it again."""
        if key.locked == 1 and key.unsure:
            self.inquire(key, self.clock() + wait)
        else:
            key.database.unlock(key)

    def inquire(self, key, when):
        def ask(now):
            auditor = self.crowd.auditors[key.database.number]
            if auditor.socket is None:
                self.inquire(key, now + 0.05)
            else:
                auditor.send(Inquiry(key, now).commands(), now)

        self.at(when, ask)

    def answered(self, key):
        key.database.unlock(key)

    # Quiet, and the end of the world.

    def advance(self, now):
        """Goes on to the next mode when its time has come."""
        mode = self.mode
        if mode == RUNNING:
            if self.vanish_requested:
                self.enter(VANISHING, now)
            elif now >= self.quiet_at or self.stopping:
                self.enter(DRAINING, now)
        elif mode in (DRAINING, VANISHING):
            if not any(database.locked for database in self.databases):
                if mode == DRAINING:
                    self.enter(STILL, now)
                else:
                    self.vanishing(now)
        elif mode == STILL:
            if now - self.mode_since >= QUIET:
                self.sweep()
                self.enter(SWEEPING, now)
        elif mode == SWEEPING and not any(client.sweeping for client in self.sweepers):
            self.sweeps += 1
            self.quiet_at = next_quiet(self.number, now)
            self.enter(HELD if self.stopping else RUNNING, now)

    def enter(self, mode, now):
        self.mode, self.mode_since = mode, now
        self.workload.writing = mode == RUNNING
        if mode != RUNNING:
            self.workload.release()

    def sweep(self):
        """Two clients of each site and protocol, or of a balancer, read every key in every way, and some of the documents;
        each has to get the server's state."""
        able = collections.defaultdict(list)
        for client in self.crowd.regulars:
            if client.socket is not None:
                able[client.addresses[0][0], client.protocol].append(client)
        self.sweepers = [client for each in able.values() for client in self.rng.sample(each, min(2, len(each)))]
        for client in self.sweepers:
            keys = [key for database in client.visible for key in (
                *database.usual, *self.rng.sample(database.documents, min(SWEPT_DOCUMENTS, len(database.documents))))]
            client.sweep.extend((key, read) for key in keys for read in key.reads)
            client.sweeping = True
        for database in self.databases:
            for key in database.keys:
                key.bound(DIRECT, self.clock())
                key.settle()

    def vanishing(self, now):
        """Every key may vanish from now on."""
        self.vanished = [(key, key.issue(None)) for database in self.databases for key in database.keys]
        self.enter(HELD, now)
        self.pipe.send(("ready", None))

    def told(self, message):
        kind, site = message
        now = self.clock()
        if kind == "vanish":
            self.vanish_requested = True
        elif kind == "vanished":
            for key, version in self.vanished:
                key.confirm(version, now)
                key.events.append((now, now, "everything", "vanished", version))
                if site is not None:
                    key.release(site, version)
            self.vanish_requested = False
            self.enter(RUNNING, now)
        elif kind == "stop":
            self.stopping = True

    # What is told to the other process.

    def error(self, reply, key, client, now):
        self.errors[reply.split(b":")[0][:40].decode(errors="replace")] += 1
        if not reply.startswith(TOLERATED):
            self.broken("an error that nothing explains", key, client, reply.decode(errors="replace"), now)

    def broken(self, rule, key, client, text, now):
        self.violations += 1
        if self.violations <= 3:
            self.pipe.send(("violation", report.violation(rule, key, client, text, now)))

    def counts(self):
        return {"replies": self.replies, "requests": self.requests, "reads": self.reads, "writes": self.writes,
                "sweeps": self.sweeps, "reconnects": self.reconnects, "errors": dict(self.errors),
                "violations": self.violations, "records": self.records}


def work(number, seed, topology, pipe):
    Worker(number, seed, topology, pipe).run()
