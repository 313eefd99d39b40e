"""redis-py with asyncio: many commands at once over a pool."""

import asyncio

import pytest
import redis.asyncio as redis


@pytest.fixture(params=[2, 3], ids=["RESP2", "RESP3"])
async def client(request, port):
    client = redis.Redis(port=port, protocol=request.param)
    yield client
    await client.aclose()


async def test_many_at_once(client):
    await asyncio.gather(*(client.set(f"k{number}", number) for number in range(200)))
    replies = await asyncio.gather(*(client.get(f"k{number}") for number in range(200)))
    assert replies == [b"%d" % number for number in range(200)]


async def test_transaction(client):
    async with client.pipeline(transaction=True) as pipe:
        assert await pipe.set("a", 1).incr("a").execute() == [True, 2]


async def test_collections(client):
    assert await client.hset("h", mapping={"a": "1", "b": "2"}) == 2
    assert await client.hgetall("h") == {b"a": b"1", b"b": b"2"}
    assert await client.rpush("l", "a", "b") == 2 and await client.lrange("l", 0, -1) == [b"a", b"b"]
    assert await client.sadd("s", "a", "b") == 2 and await client.smembers("s") == {b"a", b"b"}
    assert await client.zadd("z", {"a": 1, "b": 2.5}) == 2
    assert [tuple(pair) for pair in await client.zrange("z", 0, -1, withscores=True)] == [(b"a", 1.0), (b"b", 2.5)]
    assert {key async for key in client.scan_iter(count=2)} == {b"h", b"l", b"s", b"z"}


async def test_streams(client):
    await client.xgroup_create("s", "workers", mkstream=True)
    ids = [await client.xadd("s", {"n": number}) for number in range(3)]
    batch = await client.xreadgroup("workers", "me", {"s": ">"}, count=2, block=1000)
    entries = batch[b"s"][0] if isinstance(batch, dict) else batch[0][1]
    assert [entry[0] for entry in entries] == ids[:2]
    assert await client.xack("s", "workers", *ids[:2]) == 2
    assert await client.xlen("s") == 3 and (await client.xrange("s", count=1))[0] == (ids[0], {b"n": b"0"})


async def test_scripts(client):
    script = client.register_script("return redis.call('INCRBY', KEYS[1], ARGV[1])")
    assert await script(keys=["n"], args=[5]) == 5 and await script(keys=["n"], args=[2]) == 7
    await client.script_flush()
    assert await script(keys=["n"], args=[1]) == 8


async def test_blocking_pops(client, wait_until_blocked):
    waiting = [asyncio.create_task(client.blpop("queue", 15)) for _ in range(5)]
    await asyncio.to_thread(wait_until_blocked, 5)
    for number in range(5):
        await client.rpush("queue", number)
    assert sorted(int(reply[1]) for reply in await asyncio.gather(*waiting)) == list(range(5))


async def test_cancelled_pop_takes_nothing(client, wait_until_blocked):
    waiting = asyncio.create_task(client.blpop("queue", 0))
    await asyncio.to_thread(wait_until_blocked, 1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.to_thread(wait_until_blocked, 0)
    await client.rpush("queue", "job")
    assert await client.lrange("queue", 0, -1) == [b"job"]


async def test_pub_sub(client):
    async with client.pubsub() as subscription:
        await subscription.subscribe("a")
        assert (await subscription.get_message(timeout=10))["type"] == "subscribe"
        await client.publish("a", "hello")
        assert (await subscription.get_message(timeout=10))["data"] == b"hello"
