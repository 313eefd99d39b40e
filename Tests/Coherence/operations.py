"""Commands under way: what each reply has to be, and what it tells about the keys.

An operation is given its reply with `finish`, or `fail` if there will be none. Lower bounds are taken when it is made,
which is right before it is sent."""

from keys import DIRECT
from records import Untold
from resp import ReplyError, command

# What a client may be told when the connection behind the sidecar is lost or Redis is away.
TOLERATED = (
    b"ERR ocm lost its connection to Redis", b"ERR ocm got no answer from Redis", b"EXECABORT", b"LOADING", b"BUSY"
)


class Expect:
    """A command whose reply is known and about no key."""

    __slots__ = ("reply",)

    def __init__(self, reply):
        self.reply = reply

    def finish(self, reply, client, now):
        if isinstance(reply, ReplyError):
            client.refused(reply, now)
        elif self.reply is not None and reply != self.reply:
            client.worker.broken("an unexpected reply", None, client, f"{reply!r} instead of {self.reply!r}", now)

    def fail(self, client, now):
        pass


class ReadKey:
    """One read of one key."""

    __slots__ = ("key", "read", "released", "lower", "sent")

    def __init__(self, key, read, site, now):
        self.key = key
        self.read = read
        self.released = key.released[site]
        self.lower = key.bound(site, now)
        self.sent = now

    def finish(self, reply, client, now):
        key, read, lower, worker = self.key, self.read, self.lower, client.worker
        if type(reply) is ReplyError:
            worker.error(reply, key, client, now)
            return
        worker.reads += 1
        own = client.seen.get(key, 0)
        if own > lower:
            lower = own
        shape = read.shape
        if shape is not None:
            try:
                reply = shape(reply)
            except (TypeError, ValueError):
                worker.broken("a reply of another form", key, client, f"{read.name} returned {reply!r}", now)
                return
        version = key.match(lower, read.expect, reply, now)
        if version is None:
            self.complain(reply, lower, own, client, now)
            return
        key.events.append((self.sent, now, client, read.name, version))
        client.seen[key] = version
        if key.release(client.site, version):
            worker.news(client, [key])

    def complain(self, reply, lower, own, client, now):
        """Says which rule was broken: by what the version read should have been at least."""
        key, worker = self.key, client.worker
        old = key.match(key.base, self.read.expect, reply, now)
        if old is None:
            rule = "a value that this key never had"
        elif own > old:
            rule = "a client read something older than it had written or read itself"
        elif self.released > old:
            rule = "a read returned something older than a client of this sidecar had been told before"
        else:
            rule = "a read returned something that the server had left long before"
        seen = f"version {old}" if old is not None else "no version"
        text = f"{self.read.name} returned {shorten(reply)}, {seen}; at least {lower} and at most {key.issued} expected"
        key.events.append((self.sent, now, client, self.read.name, old))
        worker.broken(rule, key, client, text, now)

    def fail(self, client, now):
        pass


class ReadKeys:
    """MGET, whose reply has one for each key."""

    __slots__ = ("parts",)

    def __init__(self, parts):
        self.parts = parts

    def finish(self, reply, client, now):
        if type(reply) is ReplyError:
            client.worker.error(reply, self.parts[0].key, client, now)
        elif not isinstance(reply, list) or len(reply) != len(self.parts):
            client.worker.broken("a reply of another form", self.parts[0].key, client, f"MGET returned {reply!r}", now)
        else:
            for part, item in zip(self.parts, reply, strict=True):
                part.finish(item, client, now)

    def fail(self, client, now):
        pass


class WriteKeys:
    """A write, which holds the locks of its keys until its outcome is known."""

    __slots__ = ("write", "versions", "sent", "how")

    def __init__(self, write, now, how=""):
        self.write = write
        self.how = how
        self.sent = now
        self.versions = []
        for key, value in write.effects:
            key.bound(DIRECT, now)
            key.database.lock(key)
            version = key.issue(value)
            expiry = key.issue(None, now + write.ttl / 1000) if write.ttl else None
            self.versions.append((key, version, expiry))

    def finish(self, reply, client, now):
        worker, write = client.worker, self.write
        if type(reply) is ReplyError:
            worker.error(reply, self.versions[0][0], client, now)
            self.lost(client, now, wait=0)
            return
        worker.writes += 1
        expected = write.reply
        if not (expected(reply) if callable(expected) else reply == expected):
            text = f"{self.verb()} returned {shorten(reply)} instead of {shorten(expected)}"
            worker.broken("a write that found something else than the writes before it left", self.versions[0][0],
                          client, text, now)
            self.lost(client, now, wait=0)
            return
        if write.persists:
            news = self.persisted(reply, client, now)
        else:
            news = []
            for key, version, expiry in self.versions:
                news += self.done(key, version, client, now)
                if expiry:
                    key.expires(expiry, now + write.ttl / 1000)
        if news:
            worker.news(client, news)
        for key, _, _ in self.versions:
            worker.unlock(key)

    def persisted(self, reply, client, now):
        """The reply tells whether the key had expired before."""
        key, version, _ = self.versions[0]
        expiry = version - 1
        if reply == 1:
            key.state(expiry).void = True
            return self.done(key, version, client, now)
        key.state(version).void = True
        return self.done(key, expiry, client, now)

    def done(self, key, version, client, now):
        """The server is at `version` now; the key, if that is news at the client's site."""
        key.confirm(version, now)
        key.events.append((self.sent, now, client, self.verb(), version))
        client.seen[key] = version
        return [key] if key.release(client.site, version) else []

    def abort(self, client, now):
        """It was not executed and won't be."""
        for key, version, expiry in self.versions:
            key.state(version).void = True
            if expiry:
                key.state(expiry).void = True
            key.events.append((self.sent, now, client, self.verb() + ", aborted", version))
            client.worker.unlock(key)

    def lost(self, client, now, wait):
        """Nobody knows whether it was executed. The server is asked, after `wait` seconds."""
        for key, version, _ in self.versions:
            key.unsure = (client.site, now)
            key.events.append((self.sent, now, client, self.verb() + ", outcome unknown", version))
            client.worker.unlock(key, wait)

    def fail(self, client, now):
        self.lost(client, now, wait=0.5)

    def verb(self):
        """For people."""
        words = self.write.words
        return self.how + " ".join(word.decode(errors="replace")[:24] for word in words[:1] + words[2:5])


class Execute:
    """EXEC: the replies of the transaction's commands, or null when a watched key had been touched."""

    __slots__ = ("parts", "watches")

    def __init__(self, parts, watches):
        self.parts = parts
        self.watches = watches

    def finish(self, reply, client, now):
        worker = client.worker
        if type(reply) is ReplyError:
            worker.error(reply, None, client, now)
            for part in self.parts:
                if isinstance(part, WriteKeys):
                    part.lost(client, now, wait=0)
        elif reply is None and self.watches:
            for part in self.parts:
                if isinstance(part, WriteKeys):
                    part.abort(client, now)
        elif not isinstance(reply, list) or len(reply) != len(self.parts):
            worker.broken("a reply of another form", None, client, f"EXEC returned {reply!r}", now)
            self.fail(client, now)
        else:
            for part, item in zip(self.parts, reply, strict=True):
                part.finish(item, client, now)

    def fail(self, client, now):
        for part in self.parts:
            part.fail(client, now)


class Inquiry:
    """Asks Redis itself for a key's state after replies to writes were lost; the key is locked meanwhile."""

    __slots__ = ("key", "value", "sent")

    def __init__(self, key, now):
        self.key = key
        self.value = None
        self.sent = now

    def commands(self):
        return [(self.key.reads[0][1], self), (command(b"PTTL", self.key.name), InquiryEnd(self))]

    def finish(self, reply, client, now):
        if type(reply) is ReplyError:
            client.refused(reply, now)
        else:
            self.value = self.key.kind.value_of(reply)

    def fail(self, client, now):
        pass


class InquiryEnd:
    """The time to live, behind the value."""

    __slots__ = ("inquiry",)

    def __init__(self, inquiry):
        self.inquiry = inquiry

    def finish(self, reply, client, now):
        inquiry, worker = self.inquiry, client.worker
        key = inquiry.key
        if type(reply) is ReplyError:
            self.fail(client, now)
            return
        value = None if reply == -2 else inquiry.value
        key.events.append((inquiry.sent, now, client, "inquiry", None))
        if key.has_been_written(value, now):
            worker.records.untold.append(Untold(repr(key), *key.unsure))
        if not key.adopt(value, now):
            worker.broken("the server has a value that nobody wrote", key, client, shorten(value), now)
        if reply >= 0:
            expiry = key.issue(None, inquiry.sent + reply / 1000)
            key.expires(expiry, now + reply / 1000)
        key.unsure = None
        worker.answered(key)

    def fail(self, client, now):
        client.worker.inquire(self.inquiry.key, now + 0.05)


def shorten(reply):
    text = repr(reply)
    return text if len(text) < 300 else f"{text[:300]}… ({len(text)} characters)"
