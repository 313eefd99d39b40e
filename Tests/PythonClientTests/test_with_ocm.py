"""The clients with a real ocm: serving from memory, and before a real Redis."""

import concurrent.futures

import pytest
from cache_client import CacheError, CacheUnavailable
from programs import ask, ocm_server

VALUES = [
    {"name": "John Doe", "nested": [1, 2.5, None, True, {"a": []}]},
    [],
    {},
    None,
    True,
    False,
    0,
    -1.5e300,
    10**30,
    "",
    "plain",
    '日本語 \x00 \\ " \n \U0001f600',
    "123",
    '"quoted"',
    "null",
    '{"a": 1}',
    " padded ",
    "x" * 1_000_000,
    b"\xff\x00\xfe",
    bytes(range(256)) * 1000,
]


@pytest.fixture
def client(make_client, ocm):
    return make_client(ocm.url, token=ocm.token)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_a_value_comes_back_as_it_was(client, value):
    assert client.set("k", value) is True
    read = client.get("k", "default")
    assert read == value and type(read) is type(value)
    assert client.batch_get(["k"]) == {"k": value}


@pytest.mark.parametrize("content", [b"", b"text", b'{"a": 1}', b"12", b"\xff\x00", "é".encode()])
def test_bytes_come_back_as_they_were(client, content):
    assert client.set("k", content) and client.get_bytes("k") == content
    assert client.batch_set({"k2": content}) == {"k2": True} and client.get_bytes("k2") == content


@pytest.mark.parametrize(
    "key",
    [
        "user:123",
        "a/b//c/",
        "..",
        "a?b#c&d=e",
        "100%",
        "%41",
        "a b+c",
        "日本\n\r\t\x00",
        '"quoted"',
        b"\xff\x00\xfe/".decode("utf-8", "surrogateescape"),
        "x" * 2000,
    ],
    ids=lambda key: ascii(key)[:20],
)
def test_a_key_is_what_it_is(client, ocm, key):
    assert client.get(key) is None
    assert client.set(key, "text") and client.set(key, b"\xff\xff") and client.get(key) == b"\xff\xff"
    assert client.keys() == [key]
    assert ask(ocm.redis_port, "EXISTS", key.encode("utf-8", "surrogateescape")) == b":1"
    assert client.invalidate(key) and client.get(key) is None and client.invalidate(key)


def test_what_is_missing(client):
    assert client.get("k") is None and client.get("k", 5) == 5 and client.get_bytes("k") is None
    assert client.batch_get(["a", "b"]) == {}


def test_what_redis_clients_see_and_write(client, ocm):
    client.set("object", {"name": "Jürgen", "n": 1})
    client.set("text", "plain")
    client.set_json("json", '{"n": 1.10}')
    assert ask(ocm.redis_port, "STRLEN", "object") == b":%d" % len('{"name":"Jürgen","n":1}'.encode())
    assert client.command("GET", "text") == "plain" and client.command("GET", "json") == '{"n": 1.10}'
    assert ask(ocm.redis_port, "SET", "object", '{"b": 2}') == b"+OK"
    assert client.get("object") == {"b": 2}
    assert ask(ocm.redis_port, "DEL", "object") == b":1"
    assert client.get("object") is None


@pytest.mark.parametrize(("ttl", "shortest"), [(60, 50_000), (60.5, 50_000), (0.001, -2), (5_000_000, 4_999_990_000)])
@pytest.mark.parametrize("value", ["text", b"\xff"])
def test_a_time_to_live(client, ttl, shortest, value):
    client.set("k", value, ttl)
    client.batch_set({"b": value}, ttl)
    for key in ("k", "b"):
        assert shortest <= client.command("PTTL", key) <= ttl * 1000


def test_no_time_to_live(client):
    client.set("k", 1, ttl=60)
    client.set("k", 1)
    assert client.command("TTL", "k") == -1


@pytest.mark.parametrize("ttl", [0, -1, 0.0001, 1e10, True, "soon"])
@pytest.mark.parametrize("value", ["text", b"\xff"])
def test_a_time_to_live_that_is_none(client, ttl, value):
    with pytest.raises(CacheError) as raised:
        client.set("k", value, ttl)
    assert raised.value.status == 400 and client.get("k") is None


def test_removing_everything(client):
    client.batch_set(dict.fromkeys("abc", 1))
    assert client.invalidate() is True
    assert client.keys() == [] and client.get("a") is None


def test_keys(client):
    names = [f"user:{number}" for number in range(50)] + ["order:1", "a*b", "ünicode"]
    client.batch_set(dict.fromkeys(names, 1))
    assert sorted(client.keys()) == sorted(names)
    assert sorted(client.keys("user:")) == sorted(names[:50])
    assert sorted(client.keys("user:?")) == sorted(names[:10])
    assert client.keys("*:1") in (["user:1", "order:1"], ["order:1", "user:1"])
    assert client.keys("ün") == ["ünicode"] and client.keys("a\\*b") == ["a*b"] and client.keys("none") == []


def test_more_keys_than_a_page_holds(client):
    names = {f"key:{number}" for number in range(25_000)}
    results = client.batch_set(dict.fromkeys(names, 1))
    assert results.keys() == names and all(results.values())
    assert set(client.iter_keys()) == names
    assert len(client.keys("key:")) == 25_000
    assert client.batch_get(names).keys() == names


def test_batches(client):
    items = {"a": {"n": 1}, "b": "text", "c": b"\xff", "é/ ": None}
    assert client.batch_set(items, ttl=60) == dict.fromkeys(items, True)
    assert client.batch_get(["missing", *items]) == items
    assert 0 < client.command("TTL", "c") <= 60
    assert client.batch_set_json('{"d": 1.0}') == {"d": True} and client.get_bytes("d") == b"1.0"


def test_commands(client):
    assert client.command("SET", "n", 5) == "OK" and client.command("INCRBY", "n", 2) == 7
    assert client.command("GET", "missing") is None
    assert client.command("HSET", "h", "f", "v") == 1 and client.command("HGETALL", "h") == ["f", "v"]
    client.set("b", b"\xff")
    assert client.command("MGET", "b", "n", "missing") == [b"\xff", "7", None]
    with pytest.raises(CacheError, match="WRONGTYPE") as raised:
        client.command("GET", "h")
    assert raised.value.status == 409
    with pytest.raises(CacheError) as raised:
        client.command("SUBSCRIBE", "news")
    assert raised.value.status == 400


def test_an_error_within_a_reply(client, ocm):
    if ocm.mode == "embedded":
        pytest.skip("the embedded store has no scripts")
    first, error = client.command("EVAL", 'return {1, redis.error_reply("x y")}', 0)
    assert first == 1 and isinstance(error, CacheError) and "x y" in error.message


def test_a_value_that_is_no_string(client):
    client.command("HSET", "h", "f", "v")
    with pytest.raises(CacheError) as raised:
        client.get("h")
    assert raised.value.status == 409


def test_statistics_and_health(client, ocm):
    assert client.healthcheck()["status"] == "healthy"
    stats = client.get_stats()
    assert stats["redis_enabled"] is ("redis" in stats) is (ocm.mode == "redis")
    assert stats["memory_limit_bytes"] == 100 * 1024 * 1024


def test_what_is_too_big(client):
    with pytest.raises(CacheError) as raised:
        client.set("k", "x" * (17 << 20))
    assert raised.value.status == 413
    assert client.set("k", "small")


@pytest.mark.parametrize("large", ["x" * (17 << 20), b"\xff" * (17 << 20)], ids=["text", "bytes"])
def test_a_batch_of_which_something_is_too_big(client, large):
    assert client.batch_set({"a": 1, "large": large, "b": 2}) == {"a": True, "large": False, "b": True}
    assert client.batch_get(["a", "large", "b"]) == {"a": 1, "b": 2}


def test_a_batch_for_a_server_that_takes_little_at_once(make_client, tmp_path):
    items = {f"key:{number}": "x" * 100 for number in range(50)} | {"large": "x" * 2000}
    with ocm_server(tmp_path, "--max-body-size", "1kb") as server:
        client = make_client(server.url)
        assert client.batch_set(items) == dict.fromkeys(items, True) | {"large": False}
        assert len(client.keys()) == 50


def test_a_wrong_token(make_client, ocm):
    with pytest.raises(CacheError) as raised:
        make_client(ocm.url, token="wrong").get("k")
    assert raised.value.status == 401
    assert make_client(ocm.url).healthcheck()["status"] == "healthy"


def test_another_path(make_client, ocm):
    with pytest.raises(CacheError) as raised:
        make_client(ocm.url + "/elsewhere", token=ocm.token).get("k")
    assert raised.value.status == 404


def test_many_at_once(client):
    def work(number):
        key = f"key:{number % 20}"
        client.set(key, {"n": number})
        return client.get(key)["n"] % 20 == number % 20

    with concurrent.futures.ThreadPoolExecutor(16) as threads:
        assert all(threads.map(work, range(1000)))


def test_a_server_that_restarts(make_client, tmp_path):
    with ocm_server(tmp_path) as server:
        client = make_client(server.url)
        client.set("k", 1)
    with pytest.raises(CacheUnavailable):
        client.get("k")
    with ocm_server(tmp_path, rest_port=server.rest_port):
        assert client.get("k", "lost") == "lost" and client.set("k", 2) and client.get("k") == 2


def test_redis_is_away(make_client, tmp_path):
    with ocm_server(tmp_path, "--upstream", "redis://127.0.0.1:1", may_log_errors=True) as server:
        client = make_client(server.url, retries=1)
        with pytest.raises(CacheUnavailable) as raised:
            client.get("k")
        assert raised.value.status == 503
        assert client.healthcheck()["status"] == "unhealthy"
