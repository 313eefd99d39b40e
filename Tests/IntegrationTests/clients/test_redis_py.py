"""redis-py: both protocols, pipelines, transactions, pub/sub, locks, streams, scripts, users."""

import threading

import pytest
import redis


@pytest.fixture(params=[2, 3], ids=["RESP2", "RESP3"])
def client(request, port):
    with redis.Redis(port=port, protocol=request.param, socket_timeout=20) as client:
        yield client


def test_strings(client):
    binary = bytes(range(256)) * 10
    assert client.set("k", binary) and client.get("k") == binary
    assert client.set("k", "", nx=True) is None
    assert client.mset({"a": 1, "b": 2}) and client.mget("a", "b", "c") == [b"1", b"2", None]
    large = b"x" * (20 << 20)
    assert client.set("large", large) and client.get("large") == large
    assert client.incrbyfloat("f", 1.5) == 1.5
    with pytest.raises(redis.ResponseError, match="not an integer"):
        client.incr("k")


def test_collections(client):
    assert client.hset("h", mapping={"a": "1", "b": "2"}) == 2 and client.hgetall("h") == {b"a": b"1", b"b": b"2"}
    assert client.rpush("l", *range(100)) == 100 and client.lrange("l", 0, 2) == [b"0", b"1", b"2"]
    assert client.sadd("s", "a", "b") == 2 and client.smembers("s") == {b"a", b"b"}
    assert client.zadd("z", {"a": 1, "b": 2.5}) == 2
    assert [tuple(pair) for pair in client.zrange("z", 0, -1, withscores=True)] == [(b"a", 1.0), (b"b", 2.5)]
    assert client.geoadd("g", (13.36, 38.11, "Palermo")) == 1 and client.geopos("g", "Palermo")[0] is not None
    assert sorted(client.scan_iter(count=2)) == [b"g", b"h", b"l", b"s", b"z"]


def test_pipelines(client):
    with client.pipeline(transaction=False) as pipe:
        for number in range(20_000):
            pipe.set(f"k{number}", number)
        assert all(pipe.execute())
        for number in range(20_000):
            pipe.get(f"k{number}")
        assert pipe.execute() == [b"%d" % number for number in range(20_000)]
        pipe.lpush("k1", "x").get("k2")
        assert isinstance(pipe.execute(raise_on_error=False)[0], redis.ResponseError)


def test_pipeline_with_large_replies_sent_before_the_first_is_read(client):
    client.set("k", b"x" * 100_000)
    with client.pipeline(transaction=False) as pipe:
        for _ in range(1000):
            pipe.get("k").set("padding", b"y" * 10_000)
        assert sum(len(reply) for reply in pipe.execute() if reply is not True) == 100_000_000


def test_transactions(client):
    with client.pipeline() as pipe:
        assert pipe.set("a", 1).incr("a").execute() == [True, 2]

    def increment(pipe):
        value = int(pipe.get("n") or 0)
        pipe.multi()
        pipe.set("n", value + 1)

    def many():
        for _ in range(25):
            client.transaction(increment, "n")

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.get("n") == b"100"


def test_pub_sub(client):
    with client.pubsub() as subscription:
        subscription.subscribe("a")
        subscription.psubscribe("n*")
        assert [subscription.get_message(timeout=10)["type"] for _ in range(2)] == ["subscribe", "psubscribe"]
        assert client.publish("a", "one") == 1 and client.publish("news", "two") == 1
        assert [subscription.get_message(timeout=10)["data"] for _ in range(2)] == [b"one", b"two"]
        subscription.unsubscribe()
        subscription.punsubscribe()
        assert [subscription.get_message(timeout=10)["type"] for _ in range(2)] == ["unsubscribe", "punsubscribe"]


def test_blocking(client, wait_until_blocked):
    popped = []
    thread = threading.Thread(target=lambda: popped.append(client.blpop(["q1", "q2"], 15)))
    thread.start()
    wait_until_blocked(1)
    client.rpush("q2", "job")
    thread.join()
    assert tuple(popped[0]) == (b"q2", b"job")
    assert client.blpop("q1", 0.05) is None
    assert client.bzpopmin("z", 0.05) is None


def test_locks(client):
    held = []

    def work():
        for _ in range(10):
            with client.lock("lock", timeout=10, sleep=0.001):
                held.append(1)
                assert len(held) == 1
                held.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not held and not client.exists("lock")


def test_streams(client):
    client.xgroup_create("s", "workers", mkstream=True)
    ids = [client.xadd("s", {"n": number}) for number in range(3)]
    batch = client.xreadgroup("workers", "me", {"s": ">"}, count=2, block=1000)
    entries = batch[b"s"][0] if isinstance(batch, dict) else batch[0][1]
    assert [entry[0] for entry in entries] == ids[:2]
    assert client.xack("s", "workers", *ids[:2]) == 2
    assert client.xlen("s") == 3 and client.xrange("s", count=1)[0][0] == ids[0]


def test_scripts(client):
    script = client.register_script("return redis.call('INCRBY', KEYS[1], ARGV[1])")
    assert script(keys=["n"], args=[5]) == 5 and script(keys=["n"], args=[2]) == 7
    client.script_flush()
    assert script(keys=["n"], args=[1]) == 8


def test_databases(port):
    with redis.Redis(port=port, db=5, protocol=3) as five, redis.Redis(port=port) as zero:
        five.set("k", "five")
        assert zero.get("k") is None and five.get("k") == b"five"


def test_users(port):
    with redis.Redis(port=port) as admin:
        admin.execute_command("ACL", "SETUSER", "reader", "on", ">secret", "~*", "+@read", "+@connection", "+select")
        admin.set("k", "v")
        for protocol in [2, 3]:
            with redis.Redis(port=port, username="reader", password="secret", protocol=protocol) as reader:
                assert reader.get("k") == b"v"
                with pytest.raises(redis.exceptions.NoPermissionError):
                    reader.set("k", "w")
            with redis.Redis(port=port, username="reader", password="wrong", protocol=protocol) as stranger:
                with pytest.raises(redis.AuthenticationError):
                    stranger.get("k")
        admin.execute_command("ACL", "DELUSER", "reader")


def test_names(client):
    assert client.client_setname("me") and client.client_getname() in ("me", b"me")
    assert client.client_id() > 0 and client.client_info()["name"] == "me"


def test_monitor(port):
    with redis.Redis(port=port) as client, client.monitor() as monitor:
        client.set("watched", "1")
        assert any("watched" in monitor.next_command()["command"] for _ in range(20))
