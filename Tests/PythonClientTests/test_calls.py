"""What is asked, and how answers are read: no socket is needed for either."""

import functools
import json

import pytest
from cache_client import CacheError, CacheUnavailable, calls
from cache_client.messages import EveryKey, Response


def answer(body, status=200, content_type="application/json"):
    return Response(status, "Reason", body if isinstance(body, bytes) else json.dumps(body).encode(), content_type)


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("user:123", "user:123"),
        ("a/b?c#d%e f+g", "a%2Fb%3Fc%23d%25e%20f%2Bg"),
        ("日本", "%E6%97%A5%E6%9C%AC"),
        (b"\xff\x00".decode("utf-8", "surrogateescape"), "%FF%00"),
    ],
)
def test_a_key_in_a_path(key, path):
    assert calls.get(key, None).request.path == "/api/cache/key/" + path
    assert calls.invalidate(key).request.path == "/api/cache/key/" + path


@pytest.mark.parametrize(
    ("value", "ttl", "body"),
    [
        ({"name": "Jürgen"}, 60, '{"value":{"name":"Jürgen"},"ttl":60}'),
        ("plain", None, '{"value":"plain"}'),
        (None, 0.5, '{"value":null,"ttl":0.5}'),
        ([1, True, 1.5, "日本"], None, '{"value":[1,true,1.5,"日本"]}'),
        (12345678901234567890123, None, '{"value":12345678901234567890123}'),
    ],
)
def test_setting_a_value(value, ttl, body):
    request = calls.set_value("k", value, ttl).request
    assert (request.method, request.body.decode(), request.content_type) == ("POST", body, "application/json")


@pytest.mark.parametrize("value", [b"\xff\x00", bytearray(b"\xff\x00"), memoryview(b"\xff\x00")])
def test_setting_bytes(value):
    request = calls.set_value("k", value, 1.5).request
    assert (request.method, request.path, request.body) == ("PUT", "/api/cache/key/k?ttl=1.5", b"\xff\x00")
    assert calls.set_value("k", value, None).request.path == "/api/cache/key/k"
    assert calls.set_value("k", value, "1 2").request.path == "/api/cache/key/k?ttl=%221%202%22"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": float("-inf")}, "\ud800"])
def test_values_that_json_does_not_have(value):
    with pytest.raises(ValueError):
        calls.set_value("k", value, None)


def test_a_value_that_is_nested_too_deeply_for_python():
    value = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(ValueError, match="nested too deeply"):
        calls.set_value("k", value, None)


JSON = ["1", " [1.50, null] ", '"\\ud800"', '{"a":' + "9" * 5000 + "}", "[" * 500 + "]" * 500]


@pytest.mark.parametrize("text", JSON, ids=lambda text: text[:20])
def test_setting_json(text):
    assert calls.set_json("k", text, 5).request.body.decode() == '{"value":' + text + ',"ttl":5}'
    items = '{"a":' + text + "}"
    assert calls.batch_set_json(items, 5).request.body.decode() == '{"items":' + items + ',"ttl":5}'


NOT_JSON = ["", " ", '1,"ttl":5', '1}{"', "1 2", "NaN", "[-Infinity]", "01", ".5", "1.", "'a'", "{a:1}", "[1,]", "\ufeff1",
            '"\n"', '"\ud800"', "[" * 100_000 + "]" * 100_000, "tru", "// 1"]  # fmt: skip


@pytest.mark.parametrize("text", NOT_JSON, ids=lambda text: ascii(text)[:20])
def test_a_text_that_is_not_one_json_value(text):
    for kind in (calls.batch_set_json, functools.partial(calls.set_json, "k")):
        with pytest.raises(ValueError):
            kind(text, None)


@pytest.mark.parametrize("text", ["1", "[]", "null", '"{}"', '{},"ttl":5'])
def test_a_text_that_is_no_object(text):
    with pytest.raises(ValueError):
        calls.batch_set_json(text, None)


@pytest.mark.parametrize("value", [{"a": b"bytes"}, {1, 2}, object()])
def test_values_that_are_not_json_able(value):
    with pytest.raises(TypeError):
        calls.set_value("k", value, None)


@pytest.mark.parametrize("key", [5, None, b"\xff", ["k"], 1.5])
def test_what_is_no_key(key):
    for call in (
        lambda: calls.get(key, None),
        lambda: calls.get_bytes(key),
        lambda: calls.set_value(key, 1, None),
        lambda: calls.set_value(key, b"bytes", None),
        lambda: calls.set_json(key, "1", None),
        lambda: calls.invalidate(key),
        lambda: list(calls.batch_get(iter([key] if key != ["k"] else [("k",)]))),
        lambda: list(calls.batch_set({tuple(key) if key == ["k"] else key: 1}, None)),
    ):
        with pytest.raises(TypeError, match="^a key must be a str, and not "):
            call()


@pytest.mark.parametrize("keys", ["ab", b"ab"])
def test_one_text_is_not_many_keys(keys):
    with pytest.raises(TypeError, match="^keys must be several, in a list say, and not one (str|bytes)$"):
        list(calls.batch_get(keys))


def test_a_key_that_is_none_is_no_reason_to_remove_all():
    with pytest.raises(TypeError):
        calls.invalidate(None)
    assert calls.invalidate(EveryKey.EVERY_KEY).request.path == "/api/cache/invalidate-all"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ({"key": "k", "value": {"a": [1]}, "found": True}, {"a": [1]}),
        ({"key": "k", "value": None, "found": True}, None),
        ({"key": "k", "value": "/wA=", "encoding": "base64", "found": True}, b"\xff\x00"),
        ({"key": "k", "value": "/wA=", "found": True}, "/wA="),
    ],
)
def test_getting_a_value(body, value):
    assert calls.get("k", "default").read(answer(body)) == value


def test_getting_what_is_not_there():
    assert calls.get("k", "default").read(answer({"key": "k", "found": False}, 404)) == "default"
    assert calls.get_bytes("k").read(answer({"key": "k", "found": False}, 404)) is None


@pytest.mark.parametrize("body", [{"error": "there is no such path"}, b"<html>not found</html>", [], b""])
def test_another_404_does_not_say_that_a_key_is_missing(body):
    for call in (calls.get("k", None), calls.get_bytes("k")):
        with pytest.raises(CacheError) as raised:
            call.read(answer(body, 404))
        assert raised.value.status == 404


def test_what_is_said_of_an_error():
    with pytest.raises(CacheError, match="^the ttl must be more than 0$") as raised:
        calls.set_value("k", 1, -1).read(answer({"error": "the ttl must be more than 0"}, 400))
    assert raised.value.status == 400 and raised.value.message == str(raised.value)
    assert not isinstance(raised.value, CacheUnavailable)
    with pytest.raises(CacheUnavailable) as raised:
        calls.get_stats().read(answer(b"<html>Bad Gateway</html>", 502))
    assert "502" in raised.value.message


EVERY_CALL = [
    calls.healthcheck(),
    calls.get_stats(),
    calls.get("k", None),
    calls.get_bytes("k"),
    calls.set_value("k", 1, None),
    calls.set_value("k", b"\xff", None),
    calls.invalidate("k"),
    calls.invalidate(EveryKey.EVERY_KEY),
    calls.keys_page(None, None),
    *calls.batch_get(["k"]),
    *calls.batch_set({"k": 1}, None),
    *calls.batch_set({"k": b"\xff"}, None),
    calls.command(("PING",)),
]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"no JSON", b"<html></html>", b"\xff", b"[]", b'"text"', b"null", b"{}",
        {"message": "hello"}, {"status": "ok"}, {"status": ["healthy"]}, {"status": 200, "version": "1.0"},
        {"keys": None}, {"keys": {}}, {"keys": [1]}, {"keys": ["k"], "cursor": 5}, {"keys": [], "encoded_keys": 5},
        {"keys": [], "encoded_keys": ["/"]}, {"keys": [], "encoded_keys": [None]},
        {"results": None}, {"results": []}, {"results": {"k": "yes"}},
        {"values": None}, {"values": ["k"]}, {"values": {"k": "/w=="}, "encodings": []},
        {"values": {"k": "/"}, "encodings": {"k": "base64"}}, {"values": {"k": 5}, "encodings": {"k": "base64"}},
        {"found": True}, {"value": 1}, {"found": True, "value": "x", "encoding": "rot13"},
        {"found": True, "value": "/", "encoding": "base64"}, {"found": True, "value": None, "encoding": "base64"},
        {"stored": None}, {"invalidated": 1},
        {"result": {}}, {"result": [{"value": "/"}]}, {"result": [{"value": 5, "encoding": "base64"}]},
        {"result": [{"error": None}]},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("call", EVERY_CALL, ids=lambda call: f"{call.request.method} {call.request.path}")
def test_an_answer_that_is_none_of_ocm(call, body):
    with pytest.raises(CacheError, match="the answer isn't one of ocm's") as raised:
        call.read(answer(body))
    assert raised.value.status == 200


@pytest.mark.parametrize("call", EVERY_CALL, ids=lambda call: f"{call.request.method} {call.request.path}")
@pytest.mark.parametrize("body", [b'{"a":' * 100_000, b'{"found":true,"value":' + b"9" * 5000 + b"}"], ids=len)
def test_an_answer_that_python_can_not_read(call, body):
    with pytest.raises(CacheError):
        call.read(answer(body))
    with pytest.raises(CacheUnavailable, match="502"):
        call.read(answer(body, 502))
    with pytest.raises(CacheError, match="404"):
        call.read(answer(body, 404))


def test_bytes_that_are_a_page():
    call = calls.get_bytes("k")
    assert call.read(answer(b"<html>", content_type="application/octet-stream")) == b"<html>"
    with pytest.raises(CacheError, match="isn't one of ocm's: it is of the type 'text/html'"):
        call.read(answer(b"<html>", content_type="text/html"))


@pytest.mark.parametrize(("status", "http"), [("healthy", 200), ("degraded", 200), ("unhealthy", 503)])
def test_health(status, http):
    assert calls.healthcheck().read(answer({"status": status}, http))["status"] == status


def test_health_of_another():
    with pytest.raises(CacheUnavailable):
        calls.healthcheck().read(answer({"error": "no backend"}, 503))


def test_pages_of_keys():
    assert calls.keys_page(None, None).request.path == "/api/cache/keys"
    assert (
        calls.keys_page("user:*&x", "c=/+").request.path == "/api/cache/keys?pattern=user%3A%2A%26x&cursor=c%3D%2F%2B"
    )
    page = calls.keys_page(None, None).read(answer({"keys": ["a"], "encoded_keys": ["/2I="], "cursor": "x"}))
    assert page == (["a", "\udcffb"], "x")
    assert calls.get(page.keys[1], None).request.path == "/api/cache/key/%FFb"
    assert calls.keys_page(None, None).read(answer({"keys": []})) == ([], None)


def test_getting_a_batch():
    (call,) = calls.batch_get(["b", "a", "b", "c"])
    assert json.loads(call.request.body) == {"keys": ["b", "a", "c"]}
    found = call.read(answer({"values": {"a": 1, "b": "/wA="}, "encodings": {"b": "base64"}, "missing": ["c"]}))
    assert list(found.items()) == [("b", b"\xff\x00"), ("a", 1)]
    assert list(calls.batch_get([])) == []


def test_a_batch_of_more_keys_than_the_server_takes():
    sizes = [len(json.loads(call.request.body)["keys"]) for call in calls.batch_get(map(str, range(25_000)))]
    assert sizes == [10_000, 10_000, 5_000]
    sizes = [len(json.loads(call.request.body)["items"]) for call in calls.batch_set(dict.fromkeys("abc"), None)]
    assert sizes == [3]


def test_a_batch_of_more_bytes_than_the_server_takes():
    items = {f"k{number}": "x" * 3_000_000 for number in range(3)} | {"small": 1}
    batches = [json.loads(call.request.body)["items"] for call in calls.batch_set(items, None)]
    assert [list(batch) for batch in batches] == [["k0"], ["k1"], ["k2", "small"]]


def test_setting_a_batch():
    (call,) = calls.batch_set({"a": {"n": 1}, 'quoted"': "é"}, 60)
    assert call.request.body.decode() == '{"items":{"a":{"n":1},"quoted\\"":"é"},"ttl":60}'
    assert call.read(answer({"results": {"a": True, "b": False}, "errors": {"b": "OOM"}})) == {"a": True, "b": False}


def test_setting_a_batch_with_bytes():
    binary, other = calls.batch_set({"t": "text", "b": b"\xff"}, 60)
    assert (binary.request.method, binary.request.path) == ("PUT", "/api/cache/key/b?ttl=60")
    assert binary.read(answer({"key": "b", "stored": True})) == {"b": True}
    assert binary.read(answer({"error": "OOM command not allowed"}, 507)) == {"b": False}
    assert binary.read(answer({"error": "the body is too large"}, 413)) == {"b": False}
    assert json.loads(other.request.body)["items"] == {"t": "text"}


def test_setting_a_batch_that_is_too_large():
    asked, results = [], {}
    for call in calls.batch_set(dict.fromkeys("abcde", 1) | {"large": 2}, 60):
        items = json.loads(call.request.body)["items"]
        asked.append("".join(items))
        is_too_large = len(items) > 2 or "large" in items
        done = answer({"error": "too large"}, 413) if is_too_large else answer({"results": dict.fromkeys(items, True)})
        results |= call.read(done)
    assert asked == ["abcdelarge", "abc", "a", "bc", "delarge", "d", "elarge", "e", "large"]
    assert results == dict.fromkeys("abcde", True) | {"large": False}


def test_a_command():
    call = calls.command(("LRANGE", "l", 0, -1))
    assert call.request.body == b'["LRANGE","l",0,-1]' and not call.request.idempotent
    reply = {"result": ["a", {"value": "/w==", "encoding": "base64"}, None, [1]]}
    assert call.read(answer(reply)) == ["a", b"\xff", None, [1]]
    first, (second,) = call.read(answer({"result": [1, [{"error": "x y"}]]}))
    assert first == 1 and isinstance(second, CacheError) and (second.message, second.status) == ("x y", None)
    with pytest.raises(CacheError, match="can't be read"):
        call.read(answer(b'{"result":' + b"[" * 900 + b"]" * 900 + b"}"))
    with pytest.raises(CacheError, match="WRONGTYPE") as raised:
        call.read(answer({"error": "WRONGTYPE Operation against a key"}, 409))
    assert raised.value.status == 409
