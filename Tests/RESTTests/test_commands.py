"""POST /api/command."""

import json
import random

import pytest


def run(rest, *words):
    response = rest.command(*words)
    assert response.status == 200 and list(response.json) == ["result"], response
    return response.json["result"]


def test_replies_of_every_shape(in_front_of_redis):
    rest = in_front_of_redis.rest
    assert run(rest, "PING") == "PONG"
    assert run(rest, "SET", "k", "v") == "OK"
    assert run(rest, "GET", "k") == "v"
    assert run(rest, "GET", "missing") is None
    assert run(rest, "INCR", "n") == 1
    assert run(rest, "DECRBY", "n", 100) == -99
    assert run(rest, "SET", "big", "9223372036854775806") == "OK"
    assert b"9223372036854775807" in rest.command("INCR", "big").body
    assert run(rest, "RPUSH", "l", "a", "b", "c") == 3
    assert run(rest, "LRANGE", "l", 0, -1) == ["a", "b", "c"]
    assert run(rest, "LRANGE", "l", 5, 6) == []
    assert run(rest, "MGET", "k", "missing") == ["v", None]
    assert run(rest, "HSET", "h", "a", 1, "b", 2) == 2
    assert sorted(run(rest, "HGETALL", "h")) == ["1", "2", "a", "b"]
    assert run(rest, "ZADD", "z", 1.5, "a", "inf", "b") == 2
    assert run(rest, "ZRANGE", "z", 0, -1, "WITHSCORES") == ["a", "1.5", "b", "inf"]
    assert run(rest, "XADD", "s", "1-1", "a", "b") == "1-1"
    assert run(rest, "XRANGE", "s", "-", "+") == [["1-1", ["a", "b"]]]
    assert run(rest, "LPOP", "missing", 2) is None
    assert run(rest, "GEOPOS", "missing", "a") == [None]
    assert run(rest, "SET", "bytes", "x") == "OK"
    assert run(rest, "SETRANGE", "bytes", 3, "y") == 4
    assert run(rest, "GET", "bytes") == "x\0\0y"
    assert isinstance(run(rest, "COMMAND", "INFO", "get")[0], list)
    assert "redis_version" in run(rest, "INFO", "server")


def test_embedded(embedded):
    rest = embedded.rest
    assert run(rest, "FLUSHALL") == "OK"
    assert run(rest, "HSET", "h", "a", 1, "b", 2) == 2
    assert sorted(run(rest, "HGETALL", "h")) == ["1", "2", "a", "b"]
    assert run(rest, "SET", "k", "v", "EX", 100) == "OK" and 50 <= run(rest, "TTL", "k") <= 100
    assert run(rest, "MGET", "k", "missing") == ["v", None]
    response = rest.command("LPUSH", "l", "a")
    assert response.status == 400 and "start with --upstream" in response.error


def test_bytes(rest, resp):
    resp.hset("h", mapping={b"\xff": b"\xfe\x00", "a": "text"})
    resp.set("k", b"\xff")
    encoded = {"value": "/w==", "encoding": "base64"}
    assert run(rest, "GET", "k") == encoded
    assert run(rest, "MGET", "k", "none") == [encoded, None]
    fields = run(rest, "HGETALL", "h")
    assert {"value": "/gA=", "encoding": "base64"} in fields and "text" in fields and encoded in fields


def test_arguments(rest, resp):
    """Strings are sent as the text they are, numbers as they are spelled."""
    for spelling, stored in [
        ('"text"', b"text"),
        ('""', b""),
        ('" a b "', b" a b "),
        ('"\\u0000\\n\\""', b'\x00\n"'),
        ('"設定"', "設定".encode()),
        ('"\\ud83d\\ude00"', "😀".encode()),
        ('"[1]"', b"[1]"),
        ("0", b"0"),
        ("-1", b"-1"),
        ("1.0", b"1.0"),
        ("1.50", b"1.50"),
        ("1e400", b"1e400"),
        ("123456789012345678901234567890", b"123456789012345678901234567890"),
    ]:
        body = f'["SET", "k", {spelling}]'.encode()
        response = rest.post("/api/command", body)
        assert response.status == 200 and response.json == {"result": "OK"}
        assert resp.get("k") == stored
    assert run(rest, "set", "k", "v") == "OK" and run(rest, "gEt", "k") == "v"


def test_a_large_argument_and_reply(rest, resp):
    value = "é" * 2_500_000
    assert run(rest, "SET", "k", value) == "OK"
    assert resp.get("k") == value.encode() and run(rest, "GET", "k") == value


def test_many_arguments(rest, resp):
    words = [str(number) for number in range(20_000)]
    assert run(rest, "MSET", *words) == "OK" and resp.dbsize() == 10_000
    assert run(rest, "MGET", *words[::2]) == words[1::2]


@pytest.mark.parametrize(
    "words, error",
    [
        (["GET"], "ERR wrong number of arguments for 'get' command"),
        (["SET", "k"], "ERR wrong number of arguments for 'set' command"),
        (["SET", "k", "v", "EX", "0"], "ERR invalid expire time in 'set' command"),
        (["SET", "k", "v", "NOPE"], "ERR syntax error"),
        (["INCR", "text"], "ERR value is not an integer or out of range"),
    ],
)
def test_errors(words, error, rest, resp):
    resp.set("text", "x")
    response = rest.command(*words)
    assert response.status == 400 and response.error == error


def test_an_unknown_command(rest):
    response = rest.command("NOSUCHCOMMAND", "a\r\nb", "</script>")
    assert response.status == 400 and response.error.startswith("ERR unknown command 'NOSUCHCOMMAND'")


def test_wrong_type(rest, resp):
    resp.hset("h", "a", 1)
    for words in [["GET", "h"], ["INCR", "h"], ["APPEND", "h", "x"]]:
        response = rest.command(*words)
        assert response.status == 409
        assert response.error == "WRONGTYPE Operation against a key holding the wrong kind of value"


@pytest.mark.parametrize(
    "words",
    [
        "MULTI",
        "EXEC",
        "DISCARD",
        "WATCH k",
        "UNWATCH",
        "SUBSCRIBE c",
        "PSUBSCRIBE c*",
        "SSUBSCRIBE c",
        "UNSUBSCRIBE",
        "MONITOR",
        "SYNC",
        "PSYNC ? -1",
        "SELECT 1",
        "AUTH password",
        "AUTH default password",
        "HELLO 3",
        "RESET",
        "QUIT",
        "CLIENT REPLY OFF",
        "CLIENT TRACKING ON",
        "CLIENT NO-EVICT ON",
        "CLIENT SETNAME x",
        "BLPOP l 0",
        "BRPOP l 0",
        "BLMOVE a b LEFT LEFT 0",
        "BRPOPLPUSH a b 0",
        "BLMPOP 0 1 a LEFT",
        "BZPOPMIN z 0",
        "BZPOPMAX z 0",
        "BZMPOP 0 1 z MIN",
        "XREAD BLOCK 0 STREAMS s $",
        "XREAD COUNT 1 BLOCK 0 STREAMS s $",
        "XREADGROUP GROUP g streams BLOCK 0 STREAMS s >",
        "WAIT 1 0",
        "READONLY",
        "ASKING",
    ],
)
@pytest.mark.parametrize("spelled", [str.upper, str.lower])
def test_what_blocks_or_has_state_is_refused_with_the_reason(words, spelled, rest):
    name, *arguments = words.split()
    response = rest.command(spelled(name), *arguments)
    assert response.status == 400 and response.error
    # The next request finds everything as it was.
    assert run(rest, "PING") == "PONG" and run(rest, "DBSIZE") == 0


@pytest.mark.parametrize("words", ["MULTI", "SUBSCRIBE c", "BLPOP l 0", "SELECT 1", "MONITOR"])
def test_another_name_makes_no_difference(words, start, start_redis):
    name, *arguments = words.split()
    redis = start_redis("--rename-command", name, "other-name")
    rest = start(upstream=redis.url).rest
    for _ in range(2):
        response = rest.command("other-name", *arguments)
        assert response.status == 400 and name in response.error
        assert run(rest, "SET", "k", "v") == "OK" and run(rest, "GET", "k") == "v"


def test_what_is_only_called_like_an_option_that_blocks(in_front_of_redis):
    rest = in_front_of_redis.rest
    assert run(rest, "XADD", "block", "1-1", "a", "b") == "1-1"
    entries = [["block", [["1-1", ["a", "b"]]]]]
    assert run(rest, "XREAD", "STREAMS", "block", "0") == entries
    assert run(rest, "xread", "count", "1", "streams", "block", "block", "0", "2") == entries
    for group, consumer in [("block", "c"), ("g", "BLOCK"), ("streams", "block")]:
        assert run(rest, "XGROUP", "CREATE", "block", group, "0") == "OK"
        assert run(rest, "XREADGROUP", "GROUP", group, consumer, "COUNT", 1, "STREAMS", "block", ">") == entries


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b'"GET k"',
        b"1",
        b"{}",
        b'{"command":["PING"]}',
        b"[]",
        b'[""]',
        b"[1]",
        b"[null]",
        b'[["PING"]]',
        b'["GET", null]',
        b'["GET", true]',
        b'["GET", ["k"]]',
        b'["GET", {"k":1}]',
        b'["GET", "k",]',
        b'["GET" "k"]',
        b'["GET", "k"',
        b'["GET", "k"] x',
        b'["GET", "k"]["GET", "k"]',
        b'["GET", "\\ud800"]',
        b'["GET", "\xff"]',
        b'["GET", NaN]',
        b'["GET", 01]',
        b"GET k",
        b"*1\r\n$4\r\nPING\r\n",
    ],
)
def test_malformed(body, rest):
    response = rest.post("/api/command", body)
    assert response.status == 400 and response.error


def test_line_breaks_are_no_second_command(rest, resp):
    resp.set("k", "v")
    for word in ["k\r\nDEL k", "k\r\n*1\r\n$8\r\nFLUSHALL\r\n", "$-1\r\n"]:
        assert run(rest, "GET", word) is None
        assert rest.command(word).status == 400
    assert resp.get("k") == b"v"


def test_any_argument_comes_back(rest):
    generator = random.Random(1)
    alphabet = 'ab\0\r\n"\\/ é設😀\u2028<&'
    for length in range(60):
        text = "".join(generator.choices(alphabet, k=length))
        assert run(rest, "ECHO", text) == text
        body = json.dumps(["ECHO", text], ensure_ascii=False).encode()
        assert rest.post("/api/command", body).json == {"result": text}


def test_scripts(in_front_of_redis):
    rest = in_front_of_redis.rest
    assert run(rest, "EVAL", "return {KEYS[1], ARGV[1], 7, false}", 1, "k", "a") == ["k", "a", 7, None]
    response = rest.command("EVAL", "return redis.error_reply('MY error')", 0)
    assert response.status == 400 and response.error == "MY error"


def test_what_commands_write_is_read(rest):
    rest.set("k", 1)
    for number in range(100):
        assert run(rest, "SET", "k", number) == "OK"
        assert rest.get("/api/cache/key/k").json["value"] == number
        assert run(rest, "INCRBY", "k", 1000) == number + 1000
        assert run(rest, "GET", "k") == str(number + 1000)
