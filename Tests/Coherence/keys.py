"""What is known about one key: every state that it may have had, in the server's order, and who has seen which.

A version is the number of a state. One write to a key is under way at a time, so versions are numbered in the order in
which the server executes the writes. A state is *issued* when its write is sent (from then on a read may see it) and
*confirmed* when the reply says that the server has executed it. It is *released* at a site (a sidecar, or Redis itself
for those that ask it directly) when a client there has been given a reply that can't be older. Missing is a state like
any other. A read is right if some state between its lower bound, fixed when it was sent, and the last one issued gives
exactly its reply; it proves no more than the lowest of these, so that is what it releases.

Expiry is a state that the server reaches by itself: it is issued along with the write that sets the time to live, with
the earliest moment at which it can be seen, and is confirmed when the latest moment has passed."""

import collections

# The site of those who ask Redis itself: the last of all.
DIRECT = -1

# After this many seconds no client may see a state any more that the server has left, load and faults notwithstanding.
STALE = 3.0
# A deadline in milliseconds, and the server's clock read in whole ones.
EXPIRY_EARLY = 0.003
EXPIRY_LATE = 0.05
# States are forgotten in two steps this far apart, so that no read under way needs one that is gone.
FORGET = 20.0


class State:
    __slots__ = ("value", "earliest", "void")

    def __init__(self, value, earliest=0.0):
        self.value = value
        self.earliest = earliest
        self.void = False


class Key:
    """A key in one database; `locked` counts the writes to it whose outcome isn't known yet. `unsure` is the site and
    the time of the last one whose reply was lost, until the server has been asked."""

    __slots__ = (
        "database", "name", "kind", "reads", "states", "base", "confirmed", "released", "settled", "changes", "due",
        "locked", "unsure", "events", "forgettable", "forget_at"
    )

    def __init__(self, database, name, kind):
        self.database = database
        self.name = name
        self.kind = kind
        self.reads = [(read, read.command(name)) for read in kind.reads]
        self.states = [State(None)]
        self.base = 0
        self.confirmed = 0
        self.released = [0] * (database.sidecars + 1)
        self.settled = 0
        self.changes = collections.deque()
        self.due = None
        self.locked = 0
        self.unsure = None
        self.events = collections.deque(maxlen=80)
        self.forgettable = 0
        self.forget_at = 0.0

    def __repr__(self):
        return f"{self.name.decode()} in database {self.database.number}"

    @property
    def issued(self):
        return self.base + len(self.states) - 1

    @property
    def value(self):
        return self.states[self.confirmed - self.base].value

    def state(self, version):
        return self.states[version - self.base]

    def issue(self, value, earliest=0.0):
        """A new state, which reads may see from now on, or from `earliest` on."""
        self.states.append(State(value, earliest))
        return self.base + len(self.states) - 1

    def confirm(self, version, now):
        """The server has executed the write of `version`, so an expiry that was not due by now never happened."""
        for other in range(self.confirmed + 1, version):
            if self.state(other).earliest > now + EXPIRY_EARLY:
                self.state(other).void = True
        self.due = None
        if version > self.confirmed:
            self.confirmed = version
            self.changes.append((now, version))
        self.released[DIRECT] = max(self.released[DIRECT], version)

    def expires(self, version, latest):
        """The state `version`, an expiry, will have been reached at the time `latest`."""
        self.due = (version, latest + EXPIRY_LATE)

    def bound(self, site, now):
        """The lowest version that a read which is sent now from `site` may return."""
        due = self.due
        if due is not None and now >= due[1]:
            self.confirm(due[0], now)
            self.settled = max(self.settled, due[0])
        changes = self.changes
        while changes and changes[0][0] < now - STALE:
            self.settled = max(self.settled, changes.popleft()[1])
        released = self.released[site]
        return released if released > self.settled else self.settled

    def settle(self):
        """It has been quiet for so long that nobody may see anything but the server's own state."""
        self.changes.clear()
        self.settled = max(self.settled, self.confirmed)

    def release(self, site, version):
        """A client of `site` has been told of `version`; true if that is news there."""
        released = self.released
        if version <= released[site]:
            return False
        released[site] = version
        if version > released[DIRECT]:
            released[DIRECT] = version
        return True

    def match(self, lower, expect, reply, now):
        """The lowest version from `lower` on whose reply this is, or None."""
        for index in range(lower - self.base, len(self.states)):
            state = self.states[index]
            if expect(state.value) == reply and not state.void and state.earliest <= now + EXPIRY_EARLY:
                return index + self.base
        return None

    def has_been_written(self, value, now):
        """Whether the server has executed a write that isn't confirmed, since nothing else makes its state `value`."""
        version = self.match(self.confirmed, lambda state: state, value, now)
        return version is not None and version > self.confirmed and not self.state(version).earliest

    def adopt(self, value, now):
        """The server's state, found out after replies to writes were lost; false if it can't be."""
        for version in range(self.issued, self.confirmed - 1, -1):
            state = self.state(version)
            if state.value == value and not state.void and state.earliest <= now + EXPIRY_EARLY:
                for later in self.states[version - self.base + 1 :]:
                    later.void = True
                self.confirm(version, now)
                return True
        self.confirm(self.issue(value), now)
        return False

    def forget(self, now):
        """Drops states that no read can return any more."""
        if now >= self.forget_at:
            if self.forgettable > self.base:
                del self.states[: self.forgettable - self.base]
                self.base = self.forgettable
            self.forgettable = min(self.settled, self.confirmed)
            self.forget_at = now + FORGET


class Database:
    """A database of a worker, used at `sites`, which are some of so many sidecars: its keys; and whether one command is
    about to replace all of them."""

    def __init__(self, number, sites, sidecars):
        self.number = number
        self.sites = sites
        self.sidecars = sidecars
        self.keys = []
        # The documents, which are many, and all others.
        self.documents = []
        self.usual = []
        self.by_kind = collections.defaultdict(list)
        self.recent = collections.deque(maxlen=4)
        self.locked = 0
        self.reserved = False
        self.partner = None

    def add(self, name, kind):
        key = Key(self, name, kind)
        self.keys.append(key)
        (self.documents if kind.name == "document" else self.usual).append(key)
        self.by_kind[kind.name].append(key)

    def lock(self, key):
        key.locked += 1
        self.locked += 1

    def unlock(self, key):
        key.locked -= 1
        self.locked -= 1
