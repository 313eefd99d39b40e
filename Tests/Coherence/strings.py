"""Strings, counters, strings that expire, and documents."""

import random

from kinds import Kind, Read, Write, delete, exists, stamp

# Strings: the length differs from each version to the next, so that STRLEN tells them apart.


def text(key):
    version = key.issued + 1
    return stamp(key) + b"|" + b"." * (version * 37 % 211)


def long_text(key):
    version = key.issued + 1
    return (stamp(key) + b"|") * (100 + version * 37 % 211) + b"." * (version % 13)


def set_to(make):
    def change(key, rng):
        value = make(key)
        if rng.random() < 0.2:
            return Write((b"GETSET", key.name, value), [(key, value)], key.value)
        return Write((b"SET", key.name, value), [(key, value)], b"OK")

    return change


def append(key, rng):
    suffix = b"+%d" % (key.issued + 1)
    value = (key.value or b"") + suffix
    return Write((b"APPEND", key.name, suffix), [(key, value)], len(value)) if 16 < len(value) < 400 else None


def set_range(key, rng):
    if key.value is None:
        return None
    front = stamp(key)
    value = front + key.value[len(front) :]
    return Write((b"SETRANGE", key.name, b"0", front), [(key, value)], len(value))


def get_and_delete(key, rng):
    return Write((b"GETDEL", key.name), [(key, None)], key.value)


STRING_READS = [
    Read("GET", lambda value: value),
    Read("STRLEN", lambda value: len(value) if value else 0),
    Read("GETRANGE 0 30", lambda value: value[:31] if value else b""),
    *exists("string"),
    # The same letters, but other arguments.
    Read("GETRANGE 1 12", lambda value: value[1:13] if value else b""),
    Read("GETRANGE 11 2", lambda value: b""),
]

# Counters: one that starts at a number which no other key has.


def count_from(key, rng):
    start = key.database.number * 10**12 + int(key.name.strip(b"abcdefghijklmnopqrstuvwxyz")) * 10**9
    value = b"%d" % (start + (key.issued + 1) * 1000)
    return Write((b"SET", key.name, value), [(key, value)], b"OK")


def increment(key, rng):
    if key.value is None:
        return None
    by = 1 if rng.random() < 0.6 else rng.randrange(2, 100)
    value = int(key.value) + by
    words = (b"INCR", key.name) if by == 1 else (b"INCRBY", key.name, b"%d" % by)
    return Write(words, [(key, b"%d" % value)], value)

# Strings that expire, read in few ways, so that caches are asked again before Redis is, which would make it notice. How
# long a key lives is known to within the time that its write took; while it may or may not have expired, only what
# doesn't depend on that is done to it.


def ttl(rng):
    return rng.choice((15, 40, 120, 400))


def set_expiring(key, rng):
    value, time = text(key), ttl(rng)
    return Write((b"SET", key.name, value, b"PX", b"%d" % time), [(key, value)], b"OK", ttl=time)


def set_lasting(key, rng):
    value = text(key)
    return Write((b"SET", key.name, value), [(key, value)], b"OK")


def expire(key, rng):
    if key.value is None or key.due:
        return None
    time = ttl(rng)
    if rng.random() < 0.2:
        return Write((b"EXPIRE", key.name, b"1"), [(key, key.value)], 1, ttl=1000)
    return Write((b"PEXPIRE", key.name, b"%d" % time), [(key, key.value)], 1, ttl=time)


def get_and_expire(key, rng):
    if key.value is None or key.due:
        return None
    time = ttl(rng)
    return Write((b"GETEX", key.name, b"PX", b"%d" % time), [(key, key.value)], key.value, ttl=time)


def persist(key, rng):
    if not key.due:
        return None
    return Write((b"PERSIST", key.name), [(key, key.value)], lambda reply: reply in (0, 1), persists=True)


def delete_expiring(key, rng):
    if not key.due:
        return delete(key, rng)
    return Write((b"DEL", key.name), [(key, None)], lambda reply: reply in (0, 1))


# Documents: so many and so large that not all fit into a small cache, and what zlib makes much smaller. They begin with
# what names them, so they aren't JSON to those who ask over HTTP, though most of each is.

RECORDS = b"".join(
    b'{"id": %d, "title": "%s", "price": %d.99, "currency": "EUR", "in_stock": true, "tags": ["garden", "%x"]}, '
    % (source.getrandbits(40), source.choice((b"silver ladder", b"cotton jacket", b"copper kernel")),
       source.randrange(500), source.getrandbits(32))
    for source in [random.Random(0)] for _ in range(200)
)


def document(key):
    """Of 1 to 4 KB."""
    version = key.issued + 1
    size, start = 1000 + version * 379 % 3000, version * 1009 % 10_000
    return stamp(key) + b"|" + RECORDS[start : start + size]


def itself(reply):
    return reply


CHANGES = [set_to(text), set_to(text), append, set_range, delete, get_and_delete]
COUNTS = [count_from, increment, increment, increment, increment, delete]
EXPIRIES = [set_expiring, set_lasting, expire, get_and_expire, persist, delete_expiring]

STRING = Kind("string", STRING_READS, itself, CHANGES)
RENAMED = Kind("renamed", STRING_READS, itself, CHANGES)
LONG = Kind("long", STRING_READS, itself, [set_to(long_text), set_to(long_text), delete])
COUNTER = Kind("counter", [STRING_READS[0], *exists("string")], itself, COUNTS)
EXPIRING = Kind("expiring", STRING_READS[:2], itself, EXPIRIES)
DOCUMENT = Kind("document", STRING_READS[:2], itself, [set_to(document), set_to(document), set_to(document), delete])
