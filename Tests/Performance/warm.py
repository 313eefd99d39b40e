"""Fills caches before they are measured."""

import load
import resp

PASSES = 20


def warm(server, keys=load.KEYS):
    """Reads every key until a pass has hits only."""
    for _ in range(PASSES):
        before = server.cache_info()
        read(server, range(keys))
        after = server.cache_info()
        if after["misses"] == before["misses"] and after["hits"] - before["hits"] == keys:
            return
    raise SystemExit(f"{server.name} still has misses after {PASSES} passes over {keys} keys: {after}")


def read(server, numbers, batch=500):
    """Reads these keys in pipelines over one connection."""
    with resp.Client(server) as client:
        for start in range(0, len(numbers), batch):
            client.pipeline([(b"GET", resp.key(number)) for number in numbers[start : start + batch]])
