"""What a type of key is made of: how it is read, what every read returns for a given value, and how it is changed.

A value in memory is None for a missing key; bytes for strings, a tuple for lists, a frozenset for sets, a dictionary
for hashes and sorted sets. Whatever is written names its key and the version that it makes."""

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

    `reply` is the reply expected, or a function that says whether a reply is right. With `ttl`, in milliseconds, the
    keys expire; `persists` takes a time to live away from the one key, if that still exists."""

    __slots__ = ("words", "effects", "reply", "ttl", "persists")

    def __init__(self, words, effects, reply, ttl=None, persists=False):
        self.words = words
        self.effects = effects
        self.reply = reply
        self.ttl = ttl
        self.persists = persists


class Kind:
    """A type of key. The first of `reads` tells the whole value, by `value_of`; earlier ones are used more often.

    `changes` are functions of the key and a random generator that return a Write, or None if nothing can be changed."""

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


def exists(kind):
    kind = kind.encode()
    return [
        Read("EXISTS", lambda value: int(value is not None)),
        Read("TYPE", lambda value: b"none" if value is None else kind),
    ]
