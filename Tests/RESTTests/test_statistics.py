"""/api/cache/stats: that it counts what was done."""

import base64

from rest import key_path

K = key_path("k")


def stats(server):
    response = server.rest.get("/api/cache/stats")
    assert response.status == 200
    return response.json


def test_reads_in_front_of_redis(start, redis_server):
    server = start(upstream=redis_server.url)
    server.wait_until_caching()
    before = stats(server)
    server.rest.set("k", "value" * 100)
    for _ in range(20):
        assert server.rest.get(K).status == 200
    after = stats(server)
    assert after["mode"] == "proxy" and after["redis_enabled"] is True
    assert after["upstream"] == {"url": redis_server.url, "state": "up"}
    gained = {name: after["requests"][name] - before["requests"][name] for name in after["requests"]}
    assert (
        gained["hits"] >= 18 and gained["misses"] >= 1 and gained["hits"] + gained["misses"] + gained["coalesced"] == 20
    )
    assert after["commands"]["get"] >= 20 and after["commands"]["set"] >= 1
    assert after["cache"]["enabled"] is True and after["cache"]["entries"] >= 1 and after["cache"]["fills"] >= 1
    assert after["memory_usage_bytes"] > before["memory_usage_bytes"]
    assert 0.5 < after["hit_rate"] <= 1
    assert after["latency_ms"]["cached"]["count"] >= 18 and after["latency_ms"]["uncached"]["count"] >= 1
    for kind in ["cached", "uncached"]:
        latency = after["latency_ms"][kind]
        assert latency["p50"] <= latency["p90"] <= latency["p99"] <= latency["p999"] <= latency["max"]
        assert after[f"avg_{kind}_time_ms"] == latency["mean"]
    with server.resp() as client:
        client.set("k", "other")
    assert stats(server)["cache"]["invalidations"] > before["cache"]["invalidations"]


def test_embedded(embedded):
    before = stats(embedded)
    assert before["mode"] == "embedded" and before["redis_enabled"] is False
    assert "redis" not in before and "upstream" not in before and before["cache"]["state"] == "off"
    embedded.rest.put(K, b"x" * 1_000_000)
    after = stats(embedded)
    assert 900_000 < after["memory_usage_bytes"] - before["memory_usage_bytes"] < 1_200_000
    assert after["memory_usage_bytes"] < after["memory_limit_bytes"]
    embedded.rest.delete(K)


def test_requests_and_bytes(ocm):
    before = stats(ocm)
    ocm.rest.put(K, b"x" * 100_000)
    ocm.rest.get(K)
    with ocm.resp() as client:
        client.get("k")
    after = stats(ocm)
    assert after["rest"]["requests"] - before["rest"]["requests"] == 3
    gained = {name: after["network"][name] - before["network"][name] for name in after["network"]}
    assert 100_000 < gained["rest_bytes_in"] < 110_000 and 100_000 < gained["rest_bytes_out"] < 120_000
    assert 100_000 < gained["redis_bytes_out"] < 110_000 and gained["redis_bytes_in"] > 20
    assert after["uptime_seconds"] > before["uptime_seconds"] and after["threads"] == 1


def test_clients(ocm):
    assert stats(ocm)["clients"]["rest"] == 1
    wires = [ocm.wire() for _ in range(10)]
    assert all(wire.exchange("GET", "/livez").status == 200 for wire in wires)
    with ocm.resp() as client:
        client.ping()
        clients = stats(ocm)["clients"]
        assert clients["rest"] == 11 and clients["redis"] >= 1
    for wire in wires:
        wire.close()


def test_how_long_requests_took(start):
    server = start()
    for _ in range(100):
        assert server.rest.get("/livez").status == 200
    assert server.rest.get("/api/nothing").status == 404
    assert server.rest.put("/api/nothing", b"x" * 1000).status == 404
    assert server.rest.post(K, b"{").status == 400
    assert server.rest.request("PUT", K, b"1", {"Expect": "something"}).status == 417
    with server.wire() as wire:
        wire.send(b"nonsense\r\n\r\n")
        assert wire.response().status == 400
    samples = [line.split() for line in server.rest.get("/metrics").body.decode().splitlines() if line[0] != "#"]
    metrics = {name: float(value) for name, value in samples}
    answered = sum(value for name, value in metrics.items() if name.startswith("ocm_http_requests_total"))
    assert metrics["ocm_http_request_duration_seconds_count"] == answered == 105
    # No clock is so coarse that a hundred answers take no time.
    assert 0 < metrics["ocm_http_request_duration_seconds_sum"] < 60


def test_the_keys_asked_for_most(start, redis_server):
    server = start(upstream=redis_server.url)
    for _ in range(2000):
        server.rest.get(key_path("hot"))
    for _ in range(1000):
        server.rest.get(key_path(b"\xff\x00"))
    for number in range(100):
        server.rest.get(key_path(f"cold:{number}"))
    top = stats(server)["top_keys"]
    assert len(top) <= 20 and top[0]["key"] == "hot" and "encoding" not in top[0]
    assert top[1] == {"key": base64.b64encode(b"\xff\x00").decode(), "encoding": "base64", "count": top[1]["count"]}
    assert [each["count"] for each in top] == sorted((each["count"] for each in top), reverse=True)
