"""--rest-key-prefix: the REST API sees the keys under a prefix, and no others."""

import pytest
from rest import key_path

# What would be a glob is a prefix like any other.
PREFIX = "app[1]*?\\:"


@pytest.fixture(params=["embedded", "proxy"])
def server(request, start):
    upstream = request.getfixturevalue("redis_server").url if request.param == "proxy" else None
    server = start("--rest-key-prefix", PREFIX, upstream=upstream)
    with server.resp() as client:
        client.flushall()
        client.mset({"other": "secret", "app1x:y": "secret", PREFIX[:-1]: "secret"})
        yield server
        client.flushall()


def test_values(server):
    rest = server.rest
    with server.resp() as client:
        assert rest.post(key_path("k"), {"value": 1}).json == {"key": "k", "stored": True}
        assert client.get(PREFIX + "k") == b"1" and client.get("k") is None
        assert rest.get(key_path("k")).json == {"key": "k", "value": 1, "found": True}
        assert rest.head(key_path("k")).status == 200
        assert rest.put(key_path("k") + "?ttl=60", b"2").json == {"key": "k", "stored": True}
        assert client.get(PREFIX + "k") == b"2" and client.ttl(PREFIX + "k") > 50
        client.set(PREFIX + "k", 3)
        assert rest.get(key_path("k")).json["value"] == 3
        assert rest.delete(key_path("k")).json == {"key": "k", "invalidated": True}
        assert client.get(PREFIX + "k") is None


def test_other_keys_cannot_be_reached(server):
    rest = server.rest
    for key in ["other", "app1x:y", "../other", "/other", PREFIX[:-1], "\0other"]:
        assert rest.get(key_path(key)).json == {"key": key, "found": False}
    assert rest.post("/api/cache/batch-get", {"keys": ["other"]}).json == {"values": {}, "missing": ["other"]}
    rest.set("other", "mine")
    rest.delete(key_path("other"))
    with server.resp() as client:
        assert client.get("other") == b"secret"


def test_batches(server):
    rest = server.rest
    assert rest.post("/api/cache/batch-set", {"items": {"a": 1, "b": 2}}).json == {"results": {"a": True, "b": True}}
    with server.resp() as client:
        assert client.mget(PREFIX + "a", PREFIX + "b") == [b"1", b"2"] and not client.exists("a", "b")
    assert rest.post("/api/cache/batch-get", {"keys": ["a", "b", "c"]}).json == {
        "values": {"a": 1, "b": 2},
        "missing": ["c"],
    }


def test_lists(server):
    rest = server.rest
    assert rest.get("/api/cache/keys").json == {"keys": []}
    for key in ["user:1", "user:2", "product:1", PREFIX + "x"]:
        rest.set(key, 1)
    with server.resp() as client:
        client.set(PREFIX.encode() + b"\xff", 1)
        client.set(PREFIX, "the name that is left is empty")
    keys = rest.get("/api/cache/keys").json
    assert sorted(key for key in keys["keys"] if key) == sorted(["user:1", "user:2", "product:1", PREFIX + "x"])
    assert keys["encoded_keys"] == ["/w=="]
    for query, matches in [
        ("user:", ["user:1", "user:2"]),
        ("user:%3F", ["user:1", "user:2"]),
        ("*:1", ["user:1", "product:1"]),
        ("%5Bup%5D*:1", ["user:1", "product:1"]),
        ("app", [PREFIX + "x"]),
        ("oth", []),
        ("oth*", []),
        ("secret", []),
    ]:
        assert sorted(rest.get(f"/api/cache/keys?pattern={query}").json["keys"]) == sorted(matches), query


def test_pages(server):
    with server.resp() as client, client.pipeline(transaction=False) as pipe:
        for number in range(3000):
            pipe.set(f"{PREFIX}{number}", 1).set(f"other:{number}", 1)
        pipe.execute()
    found, cursor = [], ""
    while cursor is not None:
        page = server.rest.get(f"/api/cache/keys?limit=500{cursor}").json
        found += page["keys"]
        cursor = page.get("cursor") and f"&cursor={page['cursor']}"
    assert sorted(found) == sorted(map(str, range(3000)))


def test_invalidate_all(server):
    rest = server.rest
    with server.resp() as client:
        with client.pipeline(transaction=False) as pipe:
            for number in range(3000):
                pipe.set(f"{PREFIX}{number}", 1)
            pipe.hset(PREFIX + "hash", "a", 1)
            pipe.execute()
        rest.get(key_path("1"))
        assert rest.delete("/api/cache/invalidate-all").json == {"invalidated": True}
        assert sorted(client.keys()) == sorted([b"other", b"app1x:y", PREFIX[:-1].encode()])
    assert rest.get(key_path("1")).status == 404 and rest.get("/api/cache/keys").json == {"keys": []}


def test_commands_are_off(server):
    for words in [["GET", "other"], ["PING"], ["FLUSHALL"], ["SET", PREFIX + "k", "v"]]:
        response = server.rest.command(*words)
        assert response.status == 403 and response.error
    with server.resp() as client:
        assert client.get("other") == b"secret"


def test_empty_names(server):
    assert server.rest.get("/api/cache/key/").status == 400
    assert server.rest.post("/api/cache/batch-set", {"items": {"": 1}}).status == 400
