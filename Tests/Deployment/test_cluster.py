"""nginx, three ocm and Redis, under load while one ocm is killed and another drained."""

import http.client
import json
import subprocess
import threading
import time

import pytest
from cluster import PASSWORD, TOKEN, Cluster, nginx_configuration
from judges import HTTPJudge, Key, RedisJudge

CLIENTS = 8


@pytest.fixture
def cluster(tmp_path):
    with Cluster(tmp_path) as cluster:
        yield cluster


def request(port, method, path, headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body


def redis_cli(port, *words):
    line = ["redis-cli", "-p", str(port), "-a", PASSWORD, "--no-auth-warning", *words]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip()


def test_nginx_accepts_the_configuration(tmp_path):
    class Anywhere:
        http_port = 1

    path = nginx_configuration(tmp_path, 1, [Anywhere()] * 3)
    result = subprocess.run(["nginx", "-t", "-c", path, "-e", tmp_path / "log"], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "warn" not in result.stderr


def test_any_host_name_and_any_key_pass_through(cluster):
    headers = {"Authorization": f"Bearer {TOKEN}", "Host": "cache.example.com"}
    for name, path in {
        "user:1": "user:1", "a//b/../c": "a%2F%2Fb%2F..%2Fc", "naïve key": "na%C3%AFve%20key", "50%": "50%25", "x" * 20000: "x" * 20000,
    }.items():  # fmt: skip
        redis_cli(cluster.redis.port, "SET", name, "text")
        status, body = request(cluster.port, "GET", f"/api/cache/key/{path}", headers)
        assert status == 200
        assert json.loads(body) == {"key": name, "value": "text", "found": True}
    assert request(cluster.port, "GET", "/api/cache/stats", {"Host": "cache.example.com"})[0] == 401
    assert request(cluster.port, "GET", "/api/healthcheck", {"Host": "cache.example.com"})[0] == 200


def test_one_ocm_is_killed_and_one_drained_under_load(cluster):
    stop = threading.Event()
    http_keys = [Key(f"http:{number}") for number in range(CLIENTS)]
    redis_keys = [Key(f"redis:{number}") for number in range(CLIENTS)]
    through_nginx = [HTTPJudge(number, http_keys, stop, cluster.port) for number in range(CLIENTS)]
    ports = [ocm.port for ocm in cluster.ocm]
    directly = [RedisJudge(number, redis_keys, stop, ports) for number in range(CLIENTS)]
    judges = through_nginx + directly
    for judge in judges:
        judge.start()
    time.sleep(2)
    killed_at = time.monotonic()
    cluster.kill(0)
    time.sleep(3)
    cluster.ocm[0].start()
    # As long as nginx leaves it alone.
    time.sleep(6)
    drained_at = time.monotonic()
    assert cluster.drain(1) == 0
    time.sleep(2)
    cluster.ocm[1].start()
    time.sleep(2)
    stop.set()
    for judge in judges:
        judge.join(60)
        assert not judge.is_alive()
        assert judge.wrong is None, judge.wrong
        assert judge.requests > 0

    # Writes on the killed one's open connections failed, one a client at most, and are the only ones that may have been
    # carried out. One that met the drained one's port when it closed was not.
    for judge in through_nginx:
        assert all(what.startswith("POST: 502") for _, what in judge.errors), judge.errors
        assert sum(killed_at <= at < drained_at for at, _ in judge.errors) <= 1, judge.errors
        assert sum(at >= drained_at for at, _ in judge.errors) <= 1, judge.errors
        for at, key in judge.unsure:
            stored = int(redis_cli(cluster.redis.port, "GET", key.name) or 0)
            assert stored == key.stored or (killed_at <= at < drained_at and stored == key.sent)
    for judge in directly:
        assert judge.errors == []
        assert set(judge.lost) <= {cluster.ocm[0].port, cluster.ocm[1].port}
        assert len(judge.lost) <= 2

    # All have heard of all writes, and agree with Redis; and it was their caches that were asked.
    headers = {"Authorization": f"Bearer {TOKEN}"}
    for key in http_keys + redis_keys:
        stored = redis_cli(cluster.redis.port, "GET", key.name)
        for ocm in cluster.ocm:
            assert redis_cli(ocm.port, "GET", key.name) == stored
            status, body = request(ocm.http_port, "GET", f"/api/cache/key/{key.name}", headers)
            assert (str(json.loads(body)["value"]) if status == 200 else "") == stored
    for ocm in cluster.ocm:
        status, body = request(ocm.http_port, "GET", "/api/cache/stats", headers)
        assert json.loads(body)["requests"]["hits"] > 0
    counts = [sum(judge.requests for judge in group) for group in (through_nginx, directly)]
    errors = sum(len(judge.errors) for judge in judges)
    print(f"{counts[0]} requests through nginx and {counts[1]} of Redis clients; {errors} errors, no wrong answer")
