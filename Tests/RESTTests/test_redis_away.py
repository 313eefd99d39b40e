"""What is said while Redis is away, and that all is well when it is back; and when it can't track what is read."""

import signal
import threading
import time

import pytest
from rest import key_path
from servers import wait_until

K = key_path("k")
REQUESTS = [
    ("GET", K, None),
    ("HEAD", K, None),
    ("POST", K, b'{"value":1}'),
    ("PUT", K, b"1"),
    ("DELETE", K, None),
    ("GET", "/api/cache/keys", None),
    ("DELETE", "/api/cache/invalidate-all", None),
    ("POST", "/api/cache/batch-get", b'{"keys":["k"]}'),
    ("POST", "/api/cache/batch-set", b'{"items":{"k":1}}'),
    ("POST", "/api/command", b'["GET","k"]'),
    ("POST", "/api/command", b'["SET","k","1"]'),
]


@pytest.fixture
def redis(start_redis):
    return start_redis()


def is_away(server):
    return server.rest.get("/readyz").status == 503


def test_away_and_back(start, redis):
    server = start(upstream=redis.url)
    server.wait_until_caching()
    rest = server.rest
    rest.set("k", "value")
    for _ in range(3):
        assert rest.get(K).status == 200
    redis.kill()
    wait_until("that Redis is away is known", lambda: is_away(server))
    for method, target, body in REQUESTS:
        started = time.monotonic()
        response = rest.request(method, target, body, {"Content-Type": "application/json"})
        assert response.status == 503, (method, target, response)
        assert method == "HEAD" or response.error
        assert time.monotonic() - started < 5
    health = rest.get("/api/healthcheck")
    assert health.status == 503 and health.json["status"] == "unhealthy" and health.json["reason"]
    assert list(health.json) == ["status", "timestamp", "reason"]
    ready = rest.get("/readyz")
    assert ready.status == 503 and ready.json["status"] == "not ready" and ready.json["reason"]
    assert rest.get("/livez").json == {"status": "alive"}
    stats = rest.get("/api/cache/stats").json
    assert stats["redis_enabled"] is True and "redis" not in stats
    assert stats["upstream"]["state"] in ("down", "connecting")
    assert stats["upstream"]["state"] != "down" or stats["upstream"]["error"]
    assert rest.get("/metrics").status == 200 and rest.get("/").status == 200
    redis.start()
    wait_until("all is well again", lambda: rest.get("/api/healthcheck").json["status"] == "healthy")
    assert rest.get("/readyz").json == {"status": "ready"}
    assert rest.get(K).status == 404
    rest.set("k", "again")
    server.wait_until_caching()
    wait_until("it is cached again", lambda: rest.get(K)["x-cache"] == "HIT")
    stats = rest.get("/api/cache/stats").json
    assert stats["upstream"] == {"url": stats["upstream"]["url"], "state": "up"} and "redis" in stats


def test_away_from_the_start(start, redis):
    redis.kill()
    server = start(upstream=redis.url)
    response = server.rest.get(K)
    assert response.status == 503 and response.error
    assert server.rest.get("/livez").status == 200 and server.rest.get("/readyz").status == 503
    assert server.rest.get("/api/healthcheck").json["status"] == "unhealthy"
    redis.start()
    wait_until("it is found", lambda: server.rest.get("/readyz").status == 200)
    assert server.rest.get(K).status == 404


def test_requests_under_way_when_it_dies(start, redis):
    """None is left without an answer: a read is tried again or fails, a write says that it may have been done."""
    server = start(upstream=redis.url)
    wires = [server.wire() for _ in range(20)]
    redis.process.send_signal(signal.SIGSTOP)
    for wire in wires:
        wire.request("PUT", K, {}, b"1")
    assert server.rest.get("/livez").status == 200
    redis.kill()
    for wire in wires:
        response = wire.response()
        assert response.status == 503 and response.error
        assert wire.exchange("GET", "/livez").status == 200
        wire.close()


def test_a_connection_that_is_lost_within_a_reply(start, redis):
    """Nothing of the reply has been sent on, so that the client can be told."""
    server = start(upstream=redis.url)
    with redis.client() as resp, server.wire() as wire:
        resp.set("k", b"x" * 8_000_000)
        deadline = time.monotonic() + 30
        while True:
            assert time.monotonic() < deadline, "the connection was never lost within a reply"
            wire.request("GET", K, {"Accept": "application/octet-stream"})
            while not resp.client_kill_filter(_type="normal", skipme=True):
                pass
            response = wire.response()
            if response.status != 200:
                break
            assert len(response.body) == 8_000_000
        assert response.status == 503 and "in the middle of the reply" in response.error
        assert wire.is_closed()


def test_the_password_is_shown_to_nobody(start, start_redis):
    redis = start_redis("--requirepass", "s3cret-password")
    url = redis.url.replace("://", "://:s3cret-password@")
    server = start(upstream=url)
    assert server.rest.get(K).status == 404
    for target in ["/api/cache/stats", "/metrics", "/api/healthcheck", "/readyz", "/"]:
        assert b"s3cret-password" not in server.rest.get(target).body
    redis.kill()
    wait_until("that Redis is away is known", lambda: is_away(server))
    for target in ["/api/cache/stats", "/metrics", "/api/healthcheck", "/readyz", K]:
        assert b"s3cret-password" not in server.rest.get(target).body
    assert "s3cret-password" not in server.log


def test_a_redis_that_takes_no_more_connections(start, start_redis):
    redis = start_redis("--maxclients", "2")
    with redis.client() as first, redis.client() as second:
        assert first.ping() and second.ping()
        server = start(upstream=redis.url)
        assert server.rest.get("/readyz").status == 503
        for method, target, body in REQUESTS:
            response = server.rest.request(method, target, body, {"Content-Type": "application/json"})
            assert response.status == 503, (method, target, response)
    wait_until("it has a connection", lambda: server.rest.get("/readyz").status == 200)


@pytest.mark.parametrize("mode", ["--cache", "--no-cache"])
def test_a_client_has_paused_it(start, redis, mode):
    server = start(mode, upstream=redis.url)
    assert server.rest.get("/readyz").status == 200
    with server.resp() as client:
        client.execute_command("CLIENT", "PAUSE", "4000", "ALL")
        assert server.rest.get("/readyz").status == 503
    wait_until("it goes on", lambda: server.rest.get("/readyz").status == 200)


def test_a_redis_that_is_loading(start, start_redis):
    redis = start_redis("--enable-debug-command", "yes", "--loading-process-events-interval-bytes", "1024")
    server = start(upstream=redis.url)
    server.wait_until_caching()
    with redis.client() as client:
        client.mset({f"k{number}": number for number in range(1000)})
        # It waits between any two keys, so this takes seconds.
        client.config_set("key-load-delay", 5000)
        reload = threading.Thread(target=lambda: client.execute_command("DEBUG", "RELOAD"))
        reload.start()
        response = wait_until("it is loading", lambda: (response := server.rest.get(K)).status == 503 and response)
        assert response.error
        reload.join()
    wait_until("it has loaded", lambda: server.rest.get(K).status == 404)


class TestDegraded:
    @pytest.fixture
    def server(self, start, redis):
        with redis.client() as client:
            client.execute_command("ACL", "SETUSER", "limited", "on", ">pw", "~*", "&*", "+@all", "-client|tracking")
        return start(upstream=redis.url.replace("://", "://limited:pw@"))

    def test_it_says_so_and_serves(self, server):
        rest = server.rest
        health = wait_until(
            "it is degraded", lambda: (health := rest.get("/api/healthcheck")).json["status"] == "degraded" and health
        )
        assert health.status == 200 and health.json["reason"]
        assert rest.get("/readyz").status == 200
        assert rest.get("/api/cache/stats").json["cache"]["state"] == "tracking refused"
        for number in range(5):
            rest.set("k", number)
            for _ in range(3):
                response = rest.get(K)
                assert response.json["value"] == number and response["x-cache"] == "BYPASS"


def test_an_error_of_rights(start, redis):
    with redis.client() as client:
        client.execute_command(
            "ACL", "SETUSER", "reader", "on", ">pw", "~k*", "&*", "+@read", "+@connection", "+info", "+command"
        )
    server = start(upstream=redis.url.replace("://", "://reader:pw@"))
    assert server.rest.get(K).status == 404
    response = server.rest.put(K, b"1")
    assert response.status == 403 and response.error.startswith("NOPERM ")
    assert server.rest.get(key_path("other")).status == 403
