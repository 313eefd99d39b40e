"""The types of keys: how each is read, what every read returns for a given value, and how it is changed.

A value in memory is None for a missing key; bytes for strings, a tuple for lists, a frozenset for sets, a dictionary for
hashes and sorted sets. Whatever is written names its key and the version that it makes."""

from resp import command


class Read:
    """A read-only command on one key. `expect` gives the reply for a value, `shape` what of a reply is compared."""

    __slots__ = ("name", "verb", "arguments", "expect", "shape")

    def __init__(self, words, expect, shape=None):
        verb, *arguments = words.encode().split()
        self.name = words
        self.verb = verb
        self.arguments = tuple(arguments)
        self.expect = expect
        self.shape = shape

    def command(self, key):
        return command(self.verb, key, *self.arguments)


class Write:
    """A command and what it makes of keys: `effects` are (key, value) in the order in which they happen.

    `reply` is the reply expected, or a function that says whether a reply is right. With `ttl`, in milliseconds, the keys
    expire; `persists` takes a time to live away from the one key, if that still exists."""

    __slots__ = ("words", "effects", "reply", "ttl", "persists")

    def __init__(self, words, effects, reply, ttl=None, persists=False):
        self.words = words
        self.effects = effects
        self.reply = reply
        self.ttl = ttl
        self.persists = persists


class Kind:
    """A type of key. The first of `reads` tells the whole value; the earlier ones are used more often.

    `changes` are functions of the key and a random generator that return a Write, or None if there is nothing to change."""

    def __init__(self, name, reads, value_of, changes):
        self.name = name
        self.reads = reads
        self.value_of = value_of
        self.changes = changes


def stamp(key):
    return b"%d:%s:%d" % (key.database.number, key.name, key.issued + 1)


def delete(key, rng):
    verb = b"DEL" if rng.random() < 0.5 else b"UNLINK"
    return Write((verb, key.name), [(key, None)], int(key.value is not None))


def pairs(reply):
    return dict(zip(reply[::2], reply[1::2], strict=True))


def flat(reply):
    """WITHSCORES is a list of pairs in RESP3 and a flat one in RESP2."""
    return [word for pair in reply for word in pair] if reply and isinstance(reply[0], list) else reply


def exists(kind):
    kind = kind.encode()
    return [
        Read("EXISTS", lambda value: int(value is not None)),
        Read("TYPE", lambda value: b"none" if value is None else kind),
    ]


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


# Hashes: all fields are set at once, and so must agree in whatever order they are read.

FIELDS = [b"f%d" % number for number in range(4)]


def set_fields(key, rng):
    version = key.issued + 1
    value = {field: b"%s|%s" % (stamp(key), field) + b"." * (version * 37 % 53) for field in FIELDS}
    words = [word for item in value.items() for word in item]
    return Write((b"HSET", key.name, *words), [(key, value)], len(FIELDS) - len(key.value or {}))


def delete_field(key, rng):
    if key.value is None:
        return None
    field = rng.choice(FIELDS)
    value = {name: content for name, content in key.value.items() if name != field}
    return Write((b"HDEL", key.name, field), [(key, value or None)], int(field in key.value))


def of_hash(function):
    return lambda value: function(value or {})


HASH_READS = [
    Read("HGETALL", of_hash(dict), pairs),
    Read("HGET f0", of_hash(lambda value: value.get(b"f0"))),
    Read("HGET f1", of_hash(lambda value: value.get(b"f1"))),
    Read("HMGET f2 f0", of_hash(lambda value: [value.get(b"f2"), value.get(b"f0")])),
    Read("HGET f3", of_hash(lambda value: value.get(b"f3"))),
    Read("HSTRLEN f1", of_hash(lambda value: len(value.get(b"f1", b"")))),
    Read("HLEN", of_hash(len)),
    Read("HVALS", of_hash(lambda value: sorted(value.values())), sorted),
    Read("HEXISTS f2", of_hash(lambda value: int(b"f2" in value))),
    *exists("hash"),
]

# Lists.


def push(key, rng):
    item, items = stamp(key), key.value or ()
    if len(items) >= 8:
        return Write((b"LTRIM", key.name, b"0", b"3"), [(key, items[:4])], b"OK")
    if rng.random() < 0.5:
        return Write((b"LPUSH", key.name, item), [(key, (item, *items))], len(items) + 1)
    return Write((b"RPUSH", key.name, item), [(key, (*items, item))], len(items) + 1)


def set_head(key, rng):
    if key.value is None:
        return None
    item = stamp(key)
    return Write((b"LSET", key.name, b"0", item), [(key, (item, *key.value[1:]))], b"OK")


def pop(key, rng):
    if key.value is None:
        return None
    return Write((b"LPOP", key.name), [(key, key.value[1:] or None)], key.value[0])


LIST_READS = [
    Read("LRANGE 0 -1", lambda value: list(value or ())),
    Read("LINDEX 0", lambda value: value[0] if value else None),
    Read("LLEN", lambda value: len(value or ())),
    Read("LINDEX -1", lambda value: value[-1] if value else None),
    Read("LRANGE 0 1", lambda value: list((value or ())[:2])),
    *exists("list"),
]

# Sets.


def add_member(key, rng):
    members = key.value or frozenset()
    if len(members) >= 8:
        return remove_member(key, rng)
    member = stamp(key) if rng.random() < 0.6 else b"%s:m%d" % (key.name, rng.randrange(3))
    return Write((b"SADD", key.name, member), [(key, members | {member})], int(member not in members))


def remove_member(key, rng):
    if key.value is None:
        return None
    member = rng.choice(sorted(key.value))
    return Write((b"SREM", key.name, member), [(key, key.value - {member} or None)], 1)


def set_reads(name):
    member = f"{name}:m1".encode()
    return [
        Read("SMEMBERS", lambda value: value or frozenset(), frozenset),
        Read("SCARD", lambda value: len(value or ())),
        Read(f"SISMEMBER {name}:m1", lambda value: int(member in (value or ()))),
        *exists("set"),
    ]


# Sorted sets: the score is the version.

RANKED = [b"m%d" % number for number in range(3)]


def add_scores(key, rng):
    version = key.issued + 1
    old = key.value or {}
    value = {b"%s:%s" % (key.name, member): version + index for index, member in enumerate(RANKED)}
    words = [word for member, score in value.items() for word in (b"%d" % score, member)]
    return Write((b"ZADD", key.name, *words), [(key, value)], len(value) - len(old))


def raise_score(key, rng):
    if key.value is None:
        return None
    member = max(key.value, key=key.value.get)
    value = {**key.value, member: key.value[member] + 5}
    return Write((b"ZINCRBY", key.name, b"5", member), [(key, value)], b"%d" % value[member])


def remove_lowest(key, rng):
    if key.value is None:
        return None
    member = min(key.value, key=key.value.get)
    value = {name: score for name, score in key.value.items() if name != member}
    return Write((b"ZREM", key.name, member), [(key, value or None)], 1)


def ranking(value):
    return [word for member, score in sorted((value or {}).items(), key=lambda item: item[1])
            for word in (member, b"%d" % score)]


def score_of(member):
    return lambda value: b"%d" % value[member] if value and member in value else None


def sorted_set_reads(name):
    return [
        Read("ZRANGE 0 -1 WITHSCORES", ranking, flat),
        Read(f"ZSCORE {name}:m2", score_of(f"{name}:m2".encode())),
        Read(f"ZSCORE {name}:m1", score_of(f"{name}:m1".encode())),
        Read(f"ZMSCORE {name}:m1 {name}:m2", lambda value: [
            score_of(f"{name}:{member}".encode())(value) for member in ("m1", "m2")]),
        Read("ZCARD", lambda value: len(value or ())),
        Read("ZRANGE 0 0", lambda value: ranking(value)[:1]),
        *exists("zset"),
    ]


# Strings that expire, read in few ways, so that caches are asked again before Redis is: that would make it notice. How long a key lives is known to within the time that its write took; while it may or may not have
# expired, only what doesn't depend on that is done to it.


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


STRING_CHANGES = [set_to(text), set_to(text), append, set_range, delete, get_and_delete]

STRING = Kind("string", STRING_READS, lambda reply: reply, STRING_CHANGES)
LONG = Kind("long", STRING_READS, lambda reply: reply, [set_to(long_text), set_to(long_text), delete])
COUNTER = Kind("counter", [STRING_READS[0], *exists("string")], lambda reply: reply,
               [count_from, increment, increment, increment, increment, delete])
HASH = Kind("hash", HASH_READS, lambda reply: pairs(reply) or None, [set_fields, set_fields, delete_field, delete])
LIST = Kind("list", LIST_READS, lambda reply: tuple(reply) or None, [push, push, push, set_head, pop, delete])
EXPIRING = Kind("expiring", STRING_READS[:2], lambda reply: reply,
                [set_expiring, set_lasting, expire, get_and_expire, persist, delete_expiring])


def set_kind(name):
    return Kind("set", set_reads(name), lambda reply: frozenset(reply) or None,
                [add_member, add_member, remove_member, delete])


def sorted_set_kind(name):
    def value_of(reply):
        words = flat(reply)
        return {member: int(score) for member, score in zip(words[::2], words[1::2], strict=True)} or None

    return Kind("zset", sorted_set_reads(name), value_of, [add_scores, add_scores, raise_score, remove_lowest, delete])
