"""What goes wrong on purpose: connections are killed, Redis sleeps, tracks less, loses its keys, restarts; and what is
never asked for again comes in a rush."""

import collections
import itertools
import time

from eras import upheaval
from resp import OWN_NAME, Connection, ReplyError, pipeline

# So many clients read so much each, all at once, that a cache which judges some 4,000 reads at a time becomes choosy, in
# each of a sidecar's threads, if this machine has time for it.
RUSHING = 32
RUSH = 1_000


class Faults:
    """Injects one at a time, with pauses in between. `hold` makes every worker expect that all keys vanish, and
    `resume` tells them that they have, and at which site a client has been told so."""

    def __init__(self, rng, scene, hold, resume):
        self.rng = rng
        self.scene = scene
        self.hold = hold
        self.resume = resume
        self.counts = collections.Counter()
        self.unheard_of = itertools.count()
        self.connect()
        self.always = [self.kill_data] * 10 + [self.sleep] * 4 + [self.limit_tracking] * 4
        self.always += [self.expire_early, self.expire_late, self.kill_feed, self.rush]
        self.upheavals = [self.kill_feed] * 6 + [self.kill_all_data, self.flush_all, self.restart] * 2

    def connect(self):
        self.connection = Connection(self.scene.port)
        self.ask(b"CLIENT", b"SETNAME", OWN_NAME)
        self.expire_late()

    def inject(self):
        choices = self.always + self.upheavals if upheaval(time.monotonic()) else self.always
        self.rng.choice(choices)()

    def pause(self):
        """Seconds until the next one."""
        return self.rng.choice((0.01, 0.05, 0.2, 0.4, 0.8))

    def ask(self, *words):
        reply = self.connection.ask(*words)
        if isinstance(reply, ReplyError) and not reply.startswith(b"ERR No such client"):
            raise SystemExit(f"{words}: {reply.decode()}")
        return reply

    def kill(self, kind, what, number):
        """Kills so many of the sidecars' connections."""
        lines = self.ask(b"CLIENT", b"LIST", b"TYPE", kind).splitlines()
        ids = [line.split()[0][3:] for line in lines if b" name=%s " % OWN_NAME not in line]
        for each in self.rng.sample(ids, min(number, len(ids))):
            self.ask(b"CLIENT", b"KILL", b"ID", each)
            self.counts[what] += 1

    def kill_feed(self):
        self.kill(b"pubsub", "feeds killed", 1)

    def kill_data(self):
        self.kill(b"normal", "data connections killed", self.rng.choice((1, 1, 3, 10)))

    def kill_all_data(self):
        self.ask(b"CLIENT", b"KILL", b"TYPE", b"normal", b"SKIPME", b"yes")
        self.counts["times all data connections killed"] += 1

    def sleep(self):
        self.ask(b"DEBUG", b"SLEEP", b"0.1")
        self.counts["sleeps"] += 1

    def limit_tracking(self):
        self.ask(b"CONFIG", b"SET", b"tracking-table-max-keys", self.rng.choice((b"5", b"30", b"1000000", b"1000000")))
        self.counts["limits on tracking"] += 1

    def expire_late(self):
        """Redis notices that a key has expired, and tells of it, only when somebody asks for the key."""
        self.ask(b"DEBUG", b"SET-ACTIVE-EXPIRE", b"0")

    def expire_early(self):
        self.ask(b"DEBUG", b"SET-ACTIVE-EXPIRE", b"1")

    def rush(self):
        """Reads of keys that are asked for once, and aren't there."""
        if not self.scene.sidecars:
            return
        port, _ = self.rng.choice(self.scene.sidecars)
        connections = [Connection(port) for _ in range(RUSHING)]
        pipelines = [pipeline((b"GET", b"rushed%d" % next(self.unheard_of)) for _ in range(RUSH)) for _ in connections]
        for connection, commands in zip(connections, pipelines, strict=True):
            connection.socket.sendall(commands)
        for connection in connections:
            connection.receive(RUSH)
            connection.close()
        self.counts["rushes"] += 1

    def flush_all(self):
        """By Redis itself or through a sidecar."""
        self.hold()
        site = self.rng.randrange(3)
        if site < len(self.scene.sidecars):
            connection = Connection(self.scene.sidecars[site][0])
            reply = connection.ask(b"FLUSHALL")
            connection.close()
            done = reply == b"OK"
        else:
            done = False
        if not done:
            site = None
            self.ask(b"FLUSHALL")
        self.resume(site)
        self.counts["FLUSHALL"] += 1

    def restart(self):
        self.hold()
        self.connection.close()
        self.scene.stop_redis()
        self.scene.start_redis()
        self.connect()
        self.resume(None)
        self.counts["restarts"] += 1
