"""valkey-glide: a client in Rust with Python around it; RESP3, one multiplexed connection."""

import asyncio

from glide import GlideClient, GlideClientConfiguration, NodeAddress, Transaction


async def test_glide(port, wait_until_blocked):
    messages = []
    modes = GlideClientConfiguration.PubSubChannelModes
    listener = await GlideClient.create(
        GlideClientConfiguration(
            [NodeAddress("127.0.0.1", port)],
            pubsub_subscriptions=GlideClientConfiguration.PubSubSubscriptions(
                channels_and_patterns={modes.Exact: {"news"}},
                callback=lambda message, _: messages.append(message.message),
                context=None,
            ),
        )
    )
    client = await GlideClient.create(GlideClientConfiguration([NodeAddress("127.0.0.1", port)]))
    assert await client.set("k", "v") == "OK" and await client.get("k") == b"v"
    assert await client.hset("h", {"a": "1"}) == 1 and await client.hgetall("h") == {b"a": b"1"}
    assert await client.rpush("l", ["a", "b"]) == 2 and await client.lrange("l", 0, -1) == [b"a", b"b"]
    assert await client.sadd("s", ["a"]) == 1 and await client.smembers("s") == {b"a"}
    assert await client.zadd("z", {"m": 1.5}) == 1 and await client.zscore("z", "m") == 1.5
    assert await client.xadd("x", [("f", "v")]) is not None and await client.xlen("x") == 1
    transaction = Transaction()
    transaction.incr("n")
    transaction.incr("n")
    assert await client.exec(transaction) == [1, 2]
    assert await client.custom_command(["EVAL", "return ARGV[1]", "0", "a"]) == b"a"
    waiting = asyncio.create_task(client.blpop(["q"], 10))
    await asyncio.to_thread(wait_until_blocked, 1)
    await listener.rpush("q", ["job"])
    assert await waiting == [b"q", b"job"]
    assert await client.publish("hello", "news") >= 1
    while not messages:
        await asyncio.sleep(0.01)
    assert messages == [b"hello"]
    replies = await asyncio.gather(*(client.set(f"k{number}", "v") for number in range(500)))
    assert replies == ["OK"] * 500
    await client.close()
    await listener.close()
