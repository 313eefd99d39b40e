"""Values of all kinds, written through one listener and read through the other."""

import base64
import random

import pytest
from rest import Rest, key_path
from servers import wait_until

K = key_path("k")
RANDOM = random.Random(8259)
BYTES = {
    "empty": b"",
    "a space": b" ",
    "text": b"hello",
    "quotes": b'say "hello" \\ / ',
    "control characters": bytes(range(1, 32)) + b"\x7f",
    "NUL": b"a\x00b\x00",
    "only NUL": b"\x00",
    "unicode": "設定する値 😀 e\u0301 \u2028".encode(),
    "latin-1": "café".encode("latin-1"),
    "UTF-16": "text".encode("utf-16"),
    "all bytes": bytes(range(256)),
    "random": RANDOM.randbytes(10_000),
    "cut in a character": "é".encode()[:1],
    "CRLF": b"a\r\nb\r\n\r\n",
    "like a reply": b"+OK\r\n$-1\r\n",
    "like a response": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "5 MB of text": b"0123456789abcdef" * 320_000,
    "5 MB of bytes": RANDOM.randbytes(5_000_000),
    "5 MB that end in half a character": b"x" * 5_000_000 + b"\xc3",
}
TEXTS = {
    "an object": b'{"a":1,"b":[true,false,null],"c":{"d":"e"}}',
    "spaces": b'{ "a" : 1 ,\n "b" : [ ] }',
    "a big integer": b"123456789012345678901234567890",
    "1.0": b"1.0",
    "1e400": b"1e400",
    "-0": b"-0",
    "members twice": b'{"a":1,"a":2,"a":1}',
    "big numbers within": b'{"a":123456789012345678901234567890,"b":1.0,"c":[1e400,1E-400,0.10]}',
    "unicode": '{"キー":"設定する値 😀"}'.encode(),
    "escapes": b'{"\\u30ad\\u30fc":"\\ud83d\\ude00 \\u0000 \\/"}',
    "5 MB": b"[" + b",".join(b'{"id":%d,"x":1.50}' % number for number in range(250_000)) + b"]",
}


def check_raw(rest, key, data):
    response = rest.get(key_path(key), Accept="application/octet-stream")
    assert response.status == 200 and response["content-type"] == "application/octet-stream"
    assert response.body == data and response["content-encoding"] is None


@pytest.mark.parametrize("data", BYTES.values(), ids=BYTES)
def test_bytes_from_either_side(data, rest, resp):
    try:
        expected = {"key": "k", "value": data.decode(), "found": True}
    except UnicodeDecodeError:
        expected = {"key": "k", "value": base64.b64encode(data).decode(), "encoding": "base64", "found": True}
    for store in [lambda: resp.set("k", data), lambda: rest.put(K, data)]:
        resp.delete("k")
        store()
        assert resp.get("k") == data
        check_raw(rest, "k", data)
        response = rest.get(K)
        assert response.status == 200 and response.json == expected


@pytest.mark.parametrize("data", BYTES.values(), ids=BYTES)
def test_what_is_read_can_be_written_back(data, rest, resp):
    resp.set("k", data)
    read = rest.get(K).json
    resp.delete("k")
    rest.set("k", read["value"], **({"encoding": read["encoding"]} if "encoding" in read else {}))
    assert resp.get("k") == data


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_json_from_either_side(text, rest, resp):
    for store in [
        lambda: resp.set("k", text),
        lambda: rest.put(K, text),
        lambda: rest.post(K, b'{"value":' + text + b"}"),
        lambda: rest.post("/api/cache/batch-set", b'{"items":{"k":' + text + b"}}"),
    ]:
        resp.delete("k")
        store()
        assert resp.get("k") == text
        check_raw(rest, "k", text)
        response = rest.get(K)
        assert response.status == 200 and text in response.body
        batch = rest.post("/api/cache/batch-get", {"keys": ["k"]})
        assert batch.status == 200 and text in batch.body and batch.json["missing"] == []


def test_each_side_sees_the_other_at_once(rest, resp):
    for number in range(1, 300):
        resp.set("k", f"from Redis's side {number}")
        assert rest.get(K).json["value"] == f"from Redis's side {number}"
        rest.set("k", f"from REST {number}")
        assert resp.get("k") == b"from REST %d" % number
        assert rest.get(K).json["value"] == f"from REST {number}"
        rest.put(K, b"%d" % number)
        assert resp.get("k") == b"%d" % number
        resp.append("k", "0")
        assert rest.get(K).json["value"] == number * 10
        rest.delete(K)
        assert resp.get("k") is None and rest.get(K).status == 404


@pytest.mark.parametrize("kind", ["embedded", "proxy"])
def test_on_whichever_thread(kind, start, redis_server):
    """Connections are spread over the threads; what one was told of, the next reads on any of them."""
    server = start("--threads", 2, upstream=redis_server.url if kind == "proxy" else None)
    clients = [server.resp() for _ in range(4)]
    rests = [Rest(server.port) for _ in range(4)]
    for number in range(200):
        writer = (clients + rests)[number % 8]
        writer.set("k", number)
        assert [rest.get(K).json["value"] for rest in rests] == [number] * 4
        assert [client.get("k") for client in clients] == [b"%d" % number] * 4
    for client in clients + rests:
        client.close()


def test_ends_seen_by_the_other_side(rest, resp):
    rest.set("k", 1)
    resp.delete("k")
    assert rest.get(K).status == 404
    resp.set("k", 1)
    assert rest.get(K).status == 200
    rest.delete(K)
    assert not resp.exists("k")
    resp.set("k", 1)
    assert rest.get(K).status == 200
    resp.flushdb()
    assert rest.get(K).status == 404
    resp.mset({"a": 1, "b": 2})
    assert rest.get(key_path("a")).status == rest.get(key_path("b")).status == 200
    rest.delete("/api/cache/invalidate-all")
    assert resp.mget("a", "b") == [None, None]


def test_what_another_client_of_redis_writes_is_seen(in_front_of_redis, redis_server):
    rest = in_front_of_redis.rest
    with redis_server.client() as direct:
        for number in range(50):
            direct.set("k", number)
            # The invalidation comes on another connection than the answer to SET.
            wait_until("the new value is seen", lambda value=number: rest.get(K).json["value"] == value)
        rest.set("k", "new")
        assert direct.get("k") == b"new"
        rest.delete(K)
        assert direct.get("k") is None


class TestTimeToLive:
    def test_from_rest(self, rest, resp):
        rest.set("k", 1, ttl=100)
        assert 50 <= resp.ttl("k") <= 100
        rest.put(f"{K}?ttl=200", b"1")
        assert 150 <= resp.ttl("k") <= 200
        rest.post("/api/cache/batch-set", {"items": {"a": 1, "b": 2}, "ttl": 300})
        assert 250 <= resp.ttl("a") <= 300 and 250 <= resp.ttl("b") <= 300
        rest.post("/api/cache/batch-set", {"items": {"a": 1}})
        assert resp.ttl("a") == -1

    def test_expiry(self, rest, resp):
        rest.set("k", 1, ttl=1.5)
        resp.set("l", 1, px=1500)
        assert rest.get(K).status == rest.get(key_path("l")).status == 200
        wait_until("both are gone", lambda: rest.get(K).status == rest.get(key_path("l")).status == 404)
        assert resp.mget("k", "l") == [None, None]

    def test_cache_control(self, rest, resp):
        def freshness():
            cache_control = rest.get(K)["cache-control"]
            return int(cache_control[8:]) if cache_control.startswith("max-age=") else cache_control

        resp.set("k", 1)
        assert freshness() == "no-cache" and freshness() == "no-cache"
        resp.expire("k", 100)
        assert 50 <= freshness() <= 100 and 50 <= freshness() <= 100
        resp.persist("k")
        assert freshness() == "no-cache"
        rest.set("k", 1, ttl=1000)
        assert 950 <= freshness() <= 1000
        assert rest.head(K)["cache-control"].startswith("max-age=")
        resp.set("k", 1, px=900)
        assert freshness() in (0, "no-store")
        rest.delete(K)
        assert freshness() == "no-store"


class TestOtherTypes:
    """What isn't a string is refused with 409, and left alone."""

    @pytest.fixture
    def key(self, resp):
        resp.hset("h", "field", "value")
        return "h"

    @pytest.mark.parametrize("accept", ["application/json", "application/octet-stream"])
    def test_get(self, key, accept, rest, resp):
        for _ in range(3):
            response = rest.get(key_path(key), Accept=accept)
            assert response.status == 409 and response.error.startswith("WRONGTYPE ")
        assert rest.head(key_path(key)).status == 409
        assert resp.hgetall(key) == {b"field": b"value"}

    def test_a_write_replaces_it(self, key, rest, resp):
        rest.set(key, 1)
        assert resp.get(key) == b"1"

    def test_delete(self, key, rest, resp):
        assert rest.delete(key_path(key)).status == 200 and not resp.exists(key)

    def test_batch_get(self, key, rest):
        rest.set("k", 1)
        assert rest.post("/api/cache/batch-get", {"keys": ["k", key]}).json == {"values": {"k": 1}, "missing": [key]}

    def test_command(self, key, rest):
        response = rest.command("GET", key)
        assert response.status == 409 and response.error.startswith("WRONGTYPE ")

    def test_all_types(self, in_front_of_redis):
        rest = in_front_of_redis.rest
        with in_front_of_redis.resp() as client:
            client.rpush("list", 1)
            client.sadd("set", 1)
            client.zadd("sorted set", {"a": 1})
            client.xadd("stream", {"a": 1})
        for key in ["list", "set", "sorted set", "stream"]:
            response = rest.get(key_path(key))
            assert response.status == 409 and response.error.startswith("WRONGTYPE ")
