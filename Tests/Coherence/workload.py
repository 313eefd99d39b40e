"""What clients send: batches of commands with the operations that will judge their replies."""

import containers
import strings
from keys import DIRECT, Database
from kinds import Write
from operations import Execute, Expect, ReadKey, ReadKeys, WriteKeys
from resp import command

MGET_KINDS = ("string", "long", "renamed", "expiring")
SCRIPT_DECLARED = b"return redis.call(ARGV[1], KEYS[1], unpack(ARGV, 2))"
SCRIPT_UNDECLARED = b"return redis.call(unpack(ARGV))"
DOCUMENTS = 500
DOCUMENTS_READ, DOCUMENTS_WRITTEN = 8, 20
WRITE_SHARES = (0.01, 0.03, 0.1, 0.3)
MULTI, EXEC, UNWATCH = command(b"MULTI"), command(b"EXEC"), command(b"UNWATCH")


def databases(worker, sidecars):
    """The databases of a worker. Keys have the same names in all: the server's messages don't name the database.

    Two are everybody's. SWAPDB, of which the server tells nobody, is done in two more for each sidecar, which the
    clients of the other sidecars don't use."""
    first = worker * 2 * (1 + sidecars)
    sites = [range(sidecars)] * 2 + [[number // 2] for number in range(2 * sidecars)]
    result = [Database(first + index, each, sidecars) for index, each in enumerate(sites)]
    for index, database in enumerate(result):
        small = index >= 2
        fill(database, small)
        if small:
            database.partner = result[index ^ 1]
    return result


def fill(database, small):
    numbers = {
        strings.STRING: 5, strings.LONG: 1, strings.COUNTER: 2, strings.EXPIRING: 4, strings.RENAMED: 4,
        containers.HASH: 4, containers.LIST: 2
    }
    if not small:
        numbers[strings.DOCUMENT] = DOCUMENTS
    else:
        numbers = {strings.STRING: 3, strings.COUNTER: 1, containers.HASH: 2, containers.LIST: 1}
    for kind, number in numbers.items():
        for index in range(number):
            database.add(f"{kind.name}{index}".encode(), kind)
    for index in range(1 if small else 2):
        database.add(f"set{index}".encode(), containers.set_kind(f"set{index}"))
        database.add(f"zset{index}".encode(), containers.sorted_set_kind(f"zset{index}"))


class Workload:
    """Draws batches. `writing` is off while the worker wants no new writes."""

    def __init__(self, rng, databases):
        self.rng = rng
        self.databases = databases
        self.writing = True
        self.share = WRITE_SHARES[1]
        self.reservation = None

    def vary(self, replacing, swapping):
        """Another share of writes; and perhaps a command that replaces whole databases, once nobody writes there."""
        rng = self.rng
        self.share = rng.choice(WRITE_SHARES)
        if replacing and self.writing and self.reservation is None and rng.random() < 0.7:
            database = rng.choice(self.databases[1:])
            swap = swapping and database.partner is not None
            self.reservation = [database, database.partner] if swap else [database]
            for database in self.reservation:
                database.reserved = True

    def release(self):
        for database in self.reservation or ():
            database.reserved = False
        self.reservation = None

    def batch(self, client, now):
        """Commands for `client`, and whether all of them only read."""
        rng = self.rng
        if client.sweep:
            return self.swept(client, now), True
        if self.reservation and (commands := self.replace(client, now)):
            return commands, False
        commands, read_only, writing = [], True, self.writing
        if rng.random() < 0.02:
            commands.append(self.select(client, rng.choice(self.visible(client.site))))
            writing = False  # were it refused, a write behind it would change another database
        database, written = client.database, []
        share = self.share * 1.5 if client.site == DIRECT else self.share
        for _ in range(1 + int(rng.random() * 8)):
            draw = rng.random()
            if draw < share and writing and not database.reserved:
                added = self.transaction(client, now) if rng.random() < 0.08 else self.writes(client, now)
                read_only = read_only and not added
                commands += added
                written = [key for _, op in added if isinstance(op, WriteKeys) for key, _, _ in op.versions] or written
            elif draw > 0.985:
                commands += self.pinned_read(client, now)
            elif draw > 0.87:
                commands.append(self.read_many(client, now))
            else:
                key = rng.choice(written) if written and rng.random() < 0.5 else self.pick(database)
                if key.kind is strings.EXPIRING and client.site == DIRECT:
                    continue  # Redis would notice that it has expired, and tell
                commands.append(self.read(key, client.site, now))
        return commands, read_only

    def visible(self, site):
        return [database for database in self.databases if site == DIRECT or site in database.sites]

    def select(self, client, database):
        client.database = database
        return command(b"SELECT", b"%d" % database.number), Expect(b"OK")

    def pick(self, database):
        """A key that has just changed, or any; of the documents the first ones more often."""
        draw, recent, keys = self.rng.random(), database.recent, database.usual
        if recent and draw < 0.4:
            return recent[int(draw * 2.5 * len(recent))]
        if database.documents and draw > 0.9:
            return database.documents[int(self.rng.random() ** 2 * len(database.documents))]
        return keys[int(self.rng.random() * len(keys))]

    def read(self, key, site, now):
        draw = self.rng.random()
        read, bytes_ = key.reads[int(draw * draw * len(key.reads))]
        return bytes_, ReadKey(key, read, site, now)

    def read_many(self, client, now):
        rng, keys = self.rng, [key for name in MGET_KINDS for key in client.database.by_kind[name]]
        if client.database.documents and rng.random() < 0.4:
            keys = rng.sample(client.database.documents, DOCUMENTS_READ)
        else:
            keys = rng.sample(keys, min(len(keys), rng.randrange(2, 6)))
        parts = [ReadKey(key, key.reads[0][0], client.site, now) for key in keys]
        return command(b"MGET", *(key.name for key in keys)), ReadKeys(parts)

    def pinned_read(self, client, now):
        """A read in a script or in a transaction, which counts like any other."""
        key = self.pick(client.database)
        read, bytes_ = self.rng.choice(key.reads)
        operation = ReadKey(key, read, client.site, now)
        draw = self.rng.random()
        if draw < 0.4:
            words = (b"EVAL", SCRIPT_DECLARED, b"1", key.name, read.verb, *read.arguments)
            if read.verb == b"TYPE":  # a script makes a table of its status
                return [(bytes_, operation)]
            return [(command(*words), operation)]
        if draw < 0.8:
            return [(MULTI, Expect(b"OK")), (bytes_, Expect(b"QUEUED")), (EXEC, Execute([operation], False))]
        return [(command(b"WATCH", key.name), Expect(b"OK")), (bytes_, operation), (UNWATCH, Expect(b"OK"))]

    def writes(self, client, now):
        """One write, sometimes by a script, sometimes two to one key."""
        rng = self.rng
        write = self.write(client.database)
        if write is None:
            return []
        operation = WriteKeys(write, now)
        key, draw = write.effects[0][0], rng.random()
        words = write.words
        if draw < 0.06 and len(write.effects) == 1 and words[1] == key.name:
            words = (b"EVAL", SCRIPT_DECLARED, b"1", key.name, words[0], *words[2:])
            operation.how = "by a script, "
        elif draw < 0.11:
            declared = rng.choice(((b"0",), (b"1", b"another")))
            words = (b"EVAL", SCRIPT_UNDECLARED, *declared, *words)
            operation.how = "undeclared, "
        commands = [(command(*words), operation)]
        if key.kind is strings.STRING and draw > 0.8:
            value = strings.text(key)
            again = WriteKeys(Write((b"SET", key.name, value), [(key, value)], b"OK"), now)
            commands.append((command(*again.write.words), again))
        return commands

    def write(self, database):
        """A write to keys that nobody is writing to; None if there is nothing to do."""
        rng, draw = self.rng, self.rng.random()
        free = [key for key in database.by_kind["renamed"] if not key.locked]
        if draw < 0.07 and len(free) >= 2:
            return self.rename(*rng.sample(free, 2))
        if draw < 0.12:
            free = [key for name in ("string", "renamed") for key in database.by_kind[name] if not key.locked]
            if len(free) >= 3:
                return self.write_many(rng.sample(free, rng.randrange(2, 4)))
        if database.documents and draw < 0.3:
            # Many at once, as every flush leaves none.
            free = [key for key in database.documents if not key.locked]
            some = rng.sample(free, min(len(free), DOCUMENTS_WRITTEN))
            if draw < 0.2 and len(some) >= 2:
                return self.set_many([(key, strings.document(key)) for key in some])
            key = some[0] if some else rng.choice(database.usual)
        else:
            key = rng.choice(database.usual)
        return None if key.locked else rng.choice(key.kind.changes)(key, rng)

    def rename(self, source, target):
        if source.value is None:
            return None
        if self.rng.random() < 0.7:
            return Write((b"RENAME", source.name, target.name), [(source, None), (target, source.value)], b"OK")
        effects = [(source, source.value), (target, source.value)]
        return Write((b"COPY", source.name, target.name, b"REPLACE"), effects, 1)

    def write_many(self, keys):
        if self.rng.random() < 0.4:
            existing = sum(key.value is not None for key in keys)
            return Write((b"DEL", *(key.name for key in keys)), [(key, None) for key in keys], existing)
        return self.set_many([(key, strings.text(key)) for key in keys])

    def set_many(self, effects):
        return Write((b"MSET", *(word for key, value in effects for word in (key.name, value))), effects, b"OK")

    def transaction(self, client, now):
        """Writes and reads between MULTI and EXEC, sometimes behind a WATCH of a key that may change meanwhile."""
        rng, commands, parts = self.rng, [], []
        watches = rng.random() < 0.3
        if watches:
            key = self.pick(client.database)
            commands += [(command(b"WATCH", key.name), Expect(b"OK")), self.read(key, client.site, now)]
        commands.append((MULTI, Expect(b"OK")))
        for _ in range(rng.randrange(1, 4)):
            write = self.write(client.database)
            if write is not None:
                parts.append(WriteKeys(write, now, "in MULTI, "))
                commands.append((command(*write.words), Expect(b"QUEUED")))
            bytes_, operation = self.read(self.pick(client.database), client.site, now)
            parts.append(operation)
            commands.append((bytes_, Expect(b"QUEUED")))
        commands.append((EXEC, Execute(parts, watches)))
        return commands

    def replace(self, client, now):
        """FLUSHDB or SWAPDB, if nothing is being written there and `client` is one to do it."""
        targets = self.reservation
        if client.database is not targets[0] or any(database.locked for database in targets):
            return None
        if len(targets) == 1:
            write = Write((b"FLUSHDB",), [(key, None) for key in targets[0].keys], b"OK")
        elif client.site == DIRECT:
            return None
        else:
            one, other = targets
            effects = [pair for mine, its in zip(one.keys, other.keys, strict=True)
                       for pair in ((mine, its.value), (its, mine.value))]
            write = Write((b"SWAPDB", *(b"%d" % database.number for database in targets)), effects, b"OK")
        self.release()
        return [(command(*write.words), WriteKeys(write, now))]

    def swept(self, client, now):
        """The next of the reads that a client has been told to do."""
        commands = []
        while client.sweep and len(commands) < 16:
            key, (read, bytes_) = client.sweep.popleft()
            if key.database is not client.database:
                commands.append(self.select(client, key.database))
            commands.append((bytes_, ReadKey(key, read, client.site, now)))
        return commands
