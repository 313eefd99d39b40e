"""Every REST example of the API reference, as it stands there."""

import datetime
import re

JOHN = b'{"name": "John Doe", "email": "john@example.com"}'


def test_healthcheck(rest):
    before = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    health = rest.get("/api/healthcheck")
    after = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    assert health.status == 200 and health.json["status"] == "healthy"
    assert list(health.json) == ["status", "timestamp"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}", health.json["timestamp"])
    assert before <= datetime.datetime.fromisoformat(health.json["timestamp"]) <= after


def test_a_value_from_its_setting_to_its_end(rest):
    assert rest.get("/api/cache/key/user:123").status == 404
    assert rest.get("/api/cache/key/user:123").json == {"key": "user:123", "found": False}
    response = rest.post("/api/cache/key/user:123", b'{"value": ' + JOHN + b', "ttl": 60}')
    assert response.status == 200 and response.json == {"key": "user:123", "stored": True}
    response = rest.get("/api/cache/key/user:123")
    assert response.status == 200 and JOHN in response.body
    assert response.json == {
        "key": "user:123",
        "value": {"name": "John Doe", "email": "john@example.com"},
        "found": True,
    }
    response = rest.delete("/api/cache/key/user:123")
    assert response.status == 200 and response.json == {"key": "user:123", "invalidated": True}
    assert rest.get("/api/cache/key/user:123").json == {"key": "user:123", "found": False}
    response = rest.delete("/api/cache/key/user:123")
    assert response.status == 200 and response.json == {"key": "user:123", "invalidated": True}


def test_a_text(rest, resp):
    response = rest.post("/api/cache/key/k", '{"value": "設定する値", "ttl": 60}'.encode())
    assert response.status == 200 and resp.get("k") == "設定する値".encode() and 0 < resp.ttl("k") <= 60
    assert rest.get("/api/cache/key/k").json == {"key": "k", "value": "設定する値", "found": True}


def test_keys(rest):
    for key in ["user:123", "user:456", "user:789", "product:1"]:
        rest.set(key, {"a": 1})
    response = rest.get("/api/cache/keys?pattern=user:")
    assert response.status == 200 and list(response.json) == ["keys"]
    assert sorted(response.json["keys"]) == ["user:123", "user:456", "user:789"]
    assert sorted(rest.get("/api/cache/keys").json["keys"]) == ["product:1", "user:123", "user:456", "user:789"]


def test_invalidate_all(rest, resp):
    rest.set("a", 1)
    resp.set("b", 2)
    response = rest.delete("/api/cache/invalidate-all")
    assert response.status == 200 and response.json == {"invalidated": True}
    assert resp.dbsize() == 0 and rest.get("/api/cache/keys").json == {"keys": []}
    assert rest.get("/api/cache/key/a").status == 404


def test_batches(rest):
    items = {"user:123": {"name": "John"}, "user:456": {"name": "Jane"}}
    response = rest.post("/api/cache/batch-set", {"items": items, "ttl": 60})
    assert response.status == 200 and response.json == {"results": {"user:123": True, "user:456": True}}
    response = rest.post("/api/cache/batch-get", {"keys": ["user:123", "user:456", "user:789"]})
    assert response.status == 200 and response.json == {"values": items, "missing": ["user:789"]}


def test_statistics(ocm):
    ocm.rest.set("k", 1)
    for _ in range(10):
        ocm.rest.get("/api/cache/key/k")
    stats = ocm.rest.get("/api/cache/stats").json
    seed = {
        "version": str,
        "hit_rate": float,
        "memory_usage_bytes": int,
        "memory_usage_mb": float,
        "memory_limit_bytes": int,
        "memory_limit_mb": float,
        "memory_usage_percent": float,
        "avg_cached_time_ms": float,
        "avg_uncached_time_ms": float,
        "redis_enabled": bool,
    }
    # The seed's fields stand first, in its order.
    assert list(stats)[: len(seed)] == list(seed)
    for name, kind in seed.items():
        assert isinstance(stats[name], kind) or (kind is float and type(stats[name]) is int), name
    assert 0 <= stats["hit_rate"] <= 1
    assert stats["memory_limit_bytes"] == 100 << 20 and stats["memory_limit_mb"] == 100
    assert abs(stats["memory_usage_mb"] - stats["memory_usage_bytes"] / (1 << 20)) < 0.01
    assert abs(stats["memory_usage_percent"] - stats["memory_usage_bytes"] / (1 << 20)) < 0.01
    assert stats["redis_enabled"] == ("redis" in stats)
    if "redis" in stats:
        integers = (
            "used_memory used_memory_peak connected_clients keyspace_hits keyspace_misses total_commands_processed"
        ).split()
        assert all(type(stats["redis"][name]) is int for name in integers)
        assert re.fullmatch(r"[\d.]+[BKMG]", stats["redis"]["used_memory_human"])
        assert isinstance(stats["redis"]["mem_fragmentation_ratio"], float)
        assert set(stats["redis"]) == {*integers, "used_memory_human", "mem_fragmentation_ratio"}
