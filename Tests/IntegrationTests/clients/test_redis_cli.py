"""redis-cli: what people type first."""

import subprocess

import pytest


@pytest.fixture(params=[[], ["-3"]], ids=["RESP2", "RESP3"])
def cli(request, port, run):
    return lambda *words, **options: run("redis-cli", "-p", port, *request.param, *words, **options)


def test_types(cli):
    assert cli("set", "k", "v") == "OK\n"
    assert cli("get", "k") == "v\n"
    assert cli("get", "missing") == "\n"
    assert cli("rpush", "l", "a", "b") == "2\n"
    assert cli("lrange", "l", "0", "-1") == "a\nb\n"
    assert cli("hset", "h", "f", "v") == "1\n"
    assert cli("hgetall", "h").split() == ["f", "v"]
    assert cli("zadd", "z", "1.5", "m") == "1\n"
    assert cli("zscore", "z", "m") == "1.5\n"
    assert cli("sadd", "s", "a", "b") == "2\n"
    assert sorted(cli("smembers", "s").split()) == ["a", "b"]
    assert cli("smismember", "s", "b", "c") == "1\n0\n"
    assert cli("xadd", "x", "1-1", "f", "v") == "1-1\n"
    assert cli("xlen", "x") == "1\n"
    assert cli("xrange", "x", "-", "+").split() == ["1-1", "f", "v"]
    assert cli("xread", "count", "1", "streams", "x", "0").split() == ["x", "1-1", "f", "v"]


def test_errors(cli):
    assert "WRONGTYPE" in (cli("lpush", "l", "x") and cli("get", "l"))
    assert "unknown command" in cli("nosuch")
    assert "wrong number of arguments" in cli("get")


def test_databases_transactions_and_scripts(cli):
    assert cli("-n", "3", "set", "k", "three") == "OK\n"
    assert cli("get", "k") == "\n"
    assert cli("-n", "3", "get", "k") == "three\n"
    assert cli(input="multi\nincr n\nincr n\nexec\n").split() == ["OK", "QUEUED", "QUEUED", "1", "2"]
    assert cli("eval", "return {KEYS[1], ARGV[1]}", "1", "k", "a") == "k\na\n"


def test_pipe(cli):
    commands = "".join(f"SET key{i} value{i}\r\n" for i in range(5000))
    assert "errors: 0, replies: 5000" in cli("--pipe", input=commands)
    assert cli("dbsize") == "5000\n"
    assert len(cli("--scan", "--pattern", "key*").split()) == 5000


def test_big_keys_and_info(cli):
    cli("set", "big", "x" * 10000)
    assert "Biggest string found" in cli("--bigkeys")
    assert "redis_version:7" in cli("info", "server")


def test_blocking_and_pub_sub(port, wait_until_blocked):
    command = ["redis-cli", "-p", str(port)]
    waiting = subprocess.Popen([*command, "blpop", "queue", "10"], stdout=subprocess.PIPE, text=True)
    listening = subprocess.Popen([*command, "subscribe", "news"], stdout=subprocess.PIPE, text=True)
    try:
        assert [listening.stdout.readline().strip() for _ in range(3)] == ["subscribe", "news", "1"]
        wait_until_blocked(1)
        subprocess.run([*command, "rpush", "queue", "job"], check=True, capture_output=True)
        assert waiting.communicate(timeout=10)[0] == "queue\njob\n"
        subprocess.run([*command, "publish", "news", "hello"], check=True, capture_output=True)
        assert [listening.stdout.readline().strip() for _ in range(3)] == ["message", "news", "hello"]
    finally:
        listening.kill()
        waiting.kill()
