"""Hashes, lists, sets and sorted sets."""

from kinds import Kind, Read, Write, delete, exists, stamp


def pairs(reply):
    return dict(zip(reply[::2], reply[1::2], strict=True))


def flat(reply):
    """WITHSCORES is a list of pairs in RESP3 and a flat one in RESP2."""
    return [word for pair in reply for word in pair] if reply and isinstance(reply[0], list) else reply


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

HASH = Kind("hash", HASH_READS, lambda reply: pairs(reply) or None, [set_fields, set_fields, delete_field, delete])
LIST = Kind("list", LIST_READS, lambda reply: tuple(reply) or None, [push, push, push, set_head, pop, delete])


def set_kind(name):
    return Kind("set", set_reads(name), lambda reply: frozenset(reply) or None,
                [add_member, add_member, remove_member, delete])


def sorted_set_kind(name):
    def value_of(reply):
        words = flat(reply)
        return {member: int(score) for member, score in zip(words[::2], words[1::2], strict=True)} or None

    return Kind("zset", sorted_set_reads(name), value_of, [add_scores, add_scores, raise_score, remove_lowest, delete])
