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


async def test_blocking_pops(client):
    waiting = [asyncio.create_task(client.blpop("queue", 15)) for _ in range(5)]
    for number in range(5):
        await client.rpush("queue", number)
    assert sorted(int(reply[1]) for reply in await asyncio.gather(*waiting)) == list(range(5))


async def test_cancelled_pop_takes_nothing(client):
    waiting = asyncio.create_task(client.blpop("queue", 0))
    await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    while (await client.info("clients"))["blocked_clients"]:
        await asyncio.sleep(0.01)
    await client.rpush("queue", "job")
    assert await client.lrange("queue", 0, -1) == [b"job"]


async def test_pub_sub(client):
    async with client.pubsub() as subscription:
        await subscription.subscribe("a")
        assert (await subscription.get_message(timeout=10))["type"] == "subscribe"
        await client.publish("a", "hello")
        assert (await subscription.get_message(timeout=10))["data"] == b"hello"
