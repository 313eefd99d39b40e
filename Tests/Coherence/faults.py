"""What goes wrong on purpose: connections are killed, Redis sleeps, forgets what it tracks, loses its keys, restarts."""

import collections

from resp import Connection, ReplyError


class Faults:
    """Injects one at a time, with pauses in between. `hold` makes every worker expect that all keys vanish, and `resume`
    tells them that they have, and at which site a client has been told so."""

    def __init__(self, rng, scene, hold, resume):
        self.rng = rng
        self.scene = scene
        self.hold = hold
        self.resume = resume
        self.counts = collections.Counter()
        self.connection = Connection(scene.port)
        self.choices = [self.kill_feed] * 6 + [self.kill_data] * 10 + [self.sleep] * 4 + [self.limit_tracking] * 4
        self.choices += [self.kill_all_data, self.flush_all, self.restart]

    def inject(self):
        self.rng.choice(self.choices)()

    def pause(self):
        """Seconds until the next one."""
        return self.rng.choice((0.02, 0.1, 0.3, 0.6, 1.2))

    def ask(self, *words):
        reply = self.connection.ask(*words)
        if isinstance(reply, ReplyError) and not reply.startswith(b"ERR No such client"):
            raise SystemExit(f"{words}: {reply.decode()}")
        return reply

    def kill(self, kind, what):
        own = self.ask(b"CLIENT", b"ID")
        ids = [line.split()[0][3:] for line in self.ask(b"CLIENT", b"LIST", b"TYPE", kind).splitlines()]
        ids = [each for each in ids if int(each) != own]
        if ids:
            self.ask(b"CLIENT", b"KILL", b"ID", self.rng.choice(ids))
            self.counts[what] += 1

    def kill_feed(self):
        self.kill(b"pubsub", "feeds killed")

    def kill_data(self):
        self.kill(b"normal", "data connections killed")

    def kill_all_data(self):
        self.ask(b"CLIENT", b"KILL", b"TYPE", b"normal", b"SKIPME", b"yes")
        self.counts["times all data connections killed"] += 1

    def sleep(self):
        self.ask(b"DEBUG", b"SLEEP", b"0.1")
        self.counts["sleeps"] += 1

    def limit_tracking(self):
        self.ask(b"CONFIG", b"SET", b"tracking-table-max-keys", self.rng.choice((b"5", b"30", b"1000", b"1000")))
        self.counts["limits on tracking"] += 1

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
        self.connection = Connection(self.scene.port)
        self.resume(None)
        self.counts["restarts"] += 1
