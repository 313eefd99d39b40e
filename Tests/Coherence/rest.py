"""What HTTP clients send: requests for a key, for several keys, and commands; and what the responses to them say."""

import json

from operations import ReadKey, ReadKeys, WriteKeys
from request import RefusalError, Request
from workload import MGET_KINDS

TEXTS = (*MGET_KINDS, "counter")


class RESTWorkload:
    """Draws requests, one at a time. What there is to write `workload` says."""

    def __init__(self, workload, token):
        self.workload = workload
        self.rng = workload.rng
        self.authorization = f"Authorization: Bearer {token}\r\n" if token else ""

    def batch(self, client, now):
        """A request for `client`, and whether it only reads."""
        rng, database = self.rng, client.database
        if client.sweep:
            key, (read, _) = client.sweep.popleft()
            return [self.read(key, read, client, now)], True
        draw = rng.random()
        if draw < self.workload.share * 2 and self.workload.writing and (write := self.workload.write(database)):
            return [self.write(write, client, now)], False
        if draw > 0.85:
            return [self.read_many(client, now)], True
        key = self.workload.pick(database)
        read = key.reads[0][0] if draw < 0.7 else rng.choice(key.reads)[0]
        return [self.read(key, read, client, now)], True

    def read(self, key, read, client, now):
        """GET of a key if that is what `read` is, else a command."""
        operations = {site: ReadKey(key, read, site, now) for site in client.sites}
        if read.name != "GET":
            return self.command([read.verb, key.name, *read.arguments], operations, now)
        if self.rng.random() < 0.3:
            accept, decode = "Accept: application/octet-stream\r\n", bare_value
        else:
            accept, decode = "", shown_value
        return self.request("GET", self.path(key), operations, decode, now, route=key, headers=accept)

    def read_many(self, client, now):
        keys = [key for name in TEXTS for key in client.database.by_kind[name]]
        keys = self.rng.sample(keys, self.rng.randrange(2, 6))
        operations = {
            site: ReadKeys([ReadKey(key, key.reads[0][0], site, now) for key in keys]) for site in client.sites
        }
        names = [key.name.decode() for key in keys]
        body = json.dumps({"keys": names})
        return self.request("POST", "/api/cache/batch-get", operations, lambda r: values(r, names), now, body)

    def write(self, write, client, now):
        """In the way that HTTP has for it, if there is one."""
        operations = dict.fromkeys(client.sites, WriteKeys(write, now))
        verb, key = write.words[0], write.effects[0][0]
        seconds = write.ttl / 1000 if write.ttl else None
        if verb == b"SET" and self.rng.random() < 0.5:
            path = self.path(key) + (f"?ttl={seconds}" if seconds else "")
            text = write.words[2].decode()
            return self.request("PUT", path, operations, is_stored, now, text, key)
        if verb == b"SET":
            life = f', "ttl": {seconds}' if seconds else ""
            body = f'{{"value": {as_json(write.words[2])}{life}}}'
            return self.request("POST", self.path(key), operations, is_stored, now, body, key)
        if verb == b"MSET":
            items = [f"{json.dumps(each.name.decode())}: {as_json(value)}" for each, value in write.effects]
            body = f'{{"items": {{{", ".join(items)}}}}}'
            return self.request("POST", "/api/cache/batch-set", operations, are_stored, now, body)
        if verb in (b"DEL", b"UNLINK") and len(write.effects) == 1:
            expected = 1 if callable(write.reply) else write.reply
            return self.request("DELETE", self.path(key), operations, lambda r: is_gone(r, expected), now, route=key)
        return self.command(write.words, operations, now)

    def command(self, words, operations, now):
        body = json.dumps([word.decode() for word in words])
        return self.request("POST", "/api/command", operations, result, now, body)

    def path(self, key):
        """A key may be written in more than one way, and is the same to everybody."""
        name = key.name.decode()
        return "/api/cache/key/" + (name if self.rng.random() < 0.8 else f"%{ord(name[0]):x}{name[1:]}")

    def request(self, method, path, operations, decode, now, body=None, route=None, headers=""):
        if body is not None:
            headers += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        text = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{self.authorization}{headers}\r\n{body or ''}"
        operation = Request(operations, decode, f"{method} {path}", route and route.name.decode(), now)
        return text.encode(), operation


def as_json(value):
    """A value as what is stored as its bytes: a number, or a string."""
    return value.decode() if value.isdigit() else json.dumps(value.decode())


# What responses say, as Redis would say it. Strings are bytes.


def members(response):
    content = json.loads(response.body)
    if "error" in content:
        raise RefusalError(content["error"].encode())
    if response.status != (200 if content.get("found", True) else 404):
        raise ValueError("the status says something else than the body")
    return content


def plain(value):
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.encode() if isinstance(value, str) else value


def stored(value):
    """The bytes that are stored as a value."""
    return b"%d" % value if isinstance(value, int) else value.encode()


def shown_value(response):
    content = members(response)
    return stored(content["value"]) if content["found"] else None


def bare_value(response):
    return response.body if response.status == 200 else shown_value(response)


def values(response, names):
    content = members(response)
    if {*content["values"], *content["missing"]} != set(names):
        raise ValueError("a batch has other keys than those asked for")
    return [stored(content["values"][name]) if name in content["values"] else None for name in names]


def result(response):
    return plain(members(response)["result"])


def is_stored(response):
    return b"OK" if members(response)["stored"] is True else None


def are_stored(response):
    content = members(response)
    for text in content.get("errors", {}).values():
        raise RefusalError(text.encode())
    return b"OK" if all(content["results"].values()) else None


def is_gone(response, expected):
    """That it is gone, not whether there was one."""
    return expected if members(response)["invalidated"] is True else None
