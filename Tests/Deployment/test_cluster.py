"""nginx, three ocm and Redis, under load while one ocm is killed and another drained."""

import http.client
import json
import pathlib
import random
import re
import subprocess
import tempfile
import time

import pytest
import report
from absences import Absence, strays, unexcused
from cluster import PASSWORD, TOKEN, Cluster, nginx_configuration
from crew import Crew
from programs import wait_until
from records import Records


@pytest.fixture
def cluster():
    # Not one of pytest's, which only their owner may enter: nginx's workers keep there what is too large for a buffer.
    with tempfile.TemporaryDirectory() as directory, Cluster(pathlib.Path(directory)) as cluster:
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


def requests_for_keys(ocm):
    """How many it has got since it was started."""
    _, body = request(ocm.http_port, "GET", "/metrics", {"Authorization": f"Bearer {TOKEN}"})
    return sum(map(int, re.findall(rb'^ocm_http_requests_total{route="key".* (\d+)$', body, re.MULTILINE)))


def hits(ocm):
    """How many reads it has answered from its cache since it was started."""
    return int(re.search(r"^ocm_cache_hits:(\d+)", redis_cli(ocm.port, "INFO", "ocm"), re.MULTILINE)[1])


def leave(cluster, crew, site, go):
    """An ocm goes, is away for a while, and comes back, until nginx, which leaves it alone at first, uses it."""

    def is_used():
        crew.listen_for(0.1)
        return crew.violated_at or requests_for_keys(cluster.ocm[site]) > 1

    began = time.monotonic()
    go(site)
    crew.listen_for(1)
    absence = Absence(site, began, time.monotonic())
    cluster.ocm[site].start()
    wait_until("nginx uses it", is_used)
    return absence


def test_one_ocm_is_killed_and_one_drained_under_load(cluster):
    seed = random.SystemRandom().randrange(10**6)
    began = time.monotonic()
    with Crew(cluster.topology(), seed) as crew:
        crew.listen_for(4)
        killed = leave(cluster, crew, 0, cluster.kill)
        crew.listen_for(1)
        drained = leave(cluster, crew, 1, cluster.drain)
        crew.listen_for(1)
        crew.stop()
    counts = [hits(ocm) for ocm in cluster.ocm]
    caches = [{"hits": count} for count in counts]
    print(report.summary(time.monotonic() - began, crew.counts, caches, {"killed": 1, "drained": 1}, seed))

    # What the clients were told was right; and after a second of quiet, at the end too, all saw the server's own state.
    assert crew.violated_at is None
    assert all(count["sweeps"] > 0 and count["errors"] == {} for count in crew.counts), crew.counts
    assert min(counts) > 0
    records = Records.all_of(count["records"] for count in crew.counts)
    assert unexcused(records, killed, drained) == []
    assert strays(records, killed, drained) == []
