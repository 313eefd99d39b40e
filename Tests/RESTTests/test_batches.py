"""batch-get and batch-set."""

import base64

import pytest


def get(rest, keys):
    return rest.post("/api/cache/batch-get", {"keys": keys})


def set_all(rest, items, **more):
    return rest.post("/api/cache/batch-set", {"items": items, **more})


def test_round_trip(rest, resp):
    items = {"object": {"a": 1}, "list": [1, 2.5, None], "text": "hello", "number": 10**30, "empty": "", "a/b c": True}
    response = set_all(rest, items)
    assert response.status == 200 and response.json == {"results": dict.fromkeys(items, True)}
    assert resp.get("text") == b"hello" and resp.get("number") == b"1" + 30 * b"0" and resp.get("empty") == b""
    response = get(rest, [*items, "missing", "also missing"])
    assert response.status == 200
    assert response.json == {"values": items, "missing": ["missing", "also missing"]}


def test_values_that_are_not_text(rest, resp):
    resp.mset({"a": b"\xff", "b": b"text", "c": bytes(range(256))})
    response = get(rest, ["a", "b", "c"])
    assert response.json == {
        "values": {"a": "/w==", "b": "text", "c": base64.b64encode(bytes(range(256))).decode()},
        "missing": [],
        "encodings": {"a": "base64", "c": "base64"},
    }
    assert "encodings" not in get(rest, ["b"]).json


def test_names(rest, resp):
    names = ["a/b", "%41", "a b", "キー", "😀", "\u0000", '"', "\\", "\n", "user:1", "x" * 1000]
    assert set_all(rest, {name: number for number, name in enumerate(names)}).status == 200
    assert sorted(resp.keys()) == sorted(name.encode() for name in names)
    assert get(rest, names).json["values"] == {name: number for number, name in enumerate(names)}


def test_escaped_names(rest, resp):
    assert rest.post("/api/cache/batch-set", b'{"items":{"\\u0061\\/\\ud83d\\ude00":1}}').json == {
        "results": {"a/😀": True}
    }
    assert resp.get("a/😀") == b"1"
    assert rest.post("/api/cache/batch-get", b'{"keys":["\\u0061\\/\\ud83d\\ude00"]}').json["values"] == {"a/😀": 1}


def test_nothing(rest):
    assert get(rest, []).json == {"values": {}, "missing": []}
    assert set_all(rest, {}).json == {"results": {}}


def test_a_key_asked_for_twice(rest, resp):
    resp.set("a", 1)
    assert get(rest, ["a", "b", "a"]).json["values"] == {"a": 1}


def test_as_many_as_allowed(rest, resp):
    items = {f"key:{number}": {"number": number, "text": "x" * 50} for number in range(10_000)}
    response = set_all(rest, items, ttl=1000)
    assert response.status == 200 and response.json == {"results": dict.fromkeys(items, True)}
    assert resp.dbsize() == 10_000 and 990 < resp.ttl("key:9999") <= 1000
    response = get(rest, list(items))
    assert response.status == 200 and response.json == {"values": items, "missing": []}
    assert list(response.json["values"]) == list(items)
    response = get(rest, [f"missing:{number}" for number in range(10_000)])
    assert response.json["values"] == {} and len(response.json["missing"]) == 10_000


def test_too_many(rest, resp):
    response = get(rest, [f"key:{number}" for number in range(10_001)])
    assert response.status == 413 and response.error
    assert get(rest, ["key"] * 10_001).status == 413
    response = set_all(rest, {f"key:{number}": 1 for number in range(10_001)})
    assert response.status == 413 and response.error
    assert resp.dbsize() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'["a"]',
        b"{}",
        b'{"keys":null}',
        b'{"keys":"a"}',
        b'{"keys":{"a":1}}',
        b'{"keys":[1]}',
        b'{"keys":[null]}',
        b'{"keys":["a",["b"]]}',
        b'{"keys":[""]}',
        b'{"keys":["a",""]}',
        b'{"keys":["a"],"keys":["b"]}',
        b'{"keys":["a"],"extra":1}',
        b'{"keys":["a"],"ttl":1}',
        b'{"keys":["a"]}{}',
        b'{"keys":["a",]}',
        b'{"keys":["a"}',
        b'{"keys":["\\ud800"]}',
        b'{"keys":["\xff"]}',
        b'{"items":{"a":1}}',
    ],
)
def test_malformed_get(body, rest):
    response = rest.post("/api/cache/batch-get", body)
    assert response.status == 400 and response.error


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"ttl":1}',
        b'{"items":null}',
        b'{"items":[]}',
        b'{"items":["a"]}',
        b'{"items":"a"}',
        b'{"items":{"":1}}',
        b'{"items":{"a":1,"":2}}',
        b'{"items":{"a":1},"items":{"b":1}}',
        b'{"items":{"a":1},"extra":1}',
        b'{"items":{"a":1},"encoding":"base64"}',
        b'{"items":{"a":1},"ttl":1,"ttl":2}',
        b'{"items":{"a":1}}{}',
        b'{"items":{"a":1,}}',
        b'{"items":{"a"}}',
        b'{"items":{a:1}}',
        b'{"items":{"\\ud800":1}}',
        b'{"items":{"\xff":1}}',
        b'{"items":{"a":1',
        b'{"items":{"a":1},"ttl":',
        b'{"keys":["a"]}',
        b'{"a":1}',
    ],
)
def test_malformed_set_changes_nothing(body, rest, resp):
    response = rest.post("/api/cache/batch-set", body)
    assert response.status == 400 and response.error
    assert resp.dbsize() == 0


def test_what_fails_is_told(start, start_redis):
    """A Redis without memory refuses what is written, and the batch says so of each."""
    server = start(upstream=start_redis("--maxmemory", "1", "--maxmemory-policy", "noeviction").url)
    response = set_all(server.rest, {"a": 1, "b": 2})
    assert response.status == 200 and response.json["results"] == {"a": False, "b": False}
    assert set(response.json["errors"]) == {"a", "b"} and response.json["errors"]["a"].startswith("OOM ")
    response = server.rest.post("/api/cache/key/a", {"value": 1})
    assert response.status == 507 and response.error.startswith("OOM ")
    assert server.rest.put("/api/cache/key/a", b"1").status == 507
    assert server.rest.command("SET", "a", "1").status == 507
    assert server.rest.get("/api/cache/key/a").status == 404


def test_the_embedded_store_refuses_what_it_cannot_hold(start):
    server = start("--memory-limit", "1mb")
    response = server.rest.put("/api/cache/key/large", b"x" * 2_000_000)
    assert response.status == 507 and response.error.startswith("OOM ")
    response = set_all(server.rest, {"small": 1, "large": "x" * 2_000_000})
    assert response.status == 200 and response.json["results"] == {"small": True, "large": False}
    assert list(response.json["errors"]) == ["large"] and response.json["errors"]["large"].startswith("OOM ")
