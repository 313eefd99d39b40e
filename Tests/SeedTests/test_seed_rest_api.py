"""The REST API, as the document shows it."""

import datetime
import json
import re
import subprocess

import document
import pytest
from cache_client import CacheClient
from programs import ask, ocm_binary, ocm_server

JOHN = {"name": "John Doe", "email": "john@example.com"}


@pytest.fixture
def client(ocm):
    with CacheClient(ocm.url) as client:
        yield client


def test_nothing_in_the_document_is_left_out():
    assert document.DOCUMENT.left == [] and document.TEXT.count("\n```") == 2 * len(list(document.parse(document.TEXT)))


@pytest.mark.parametrize("command", document.SERVER_COMMANDS)
def test_starting(command, tmp_path):
    options = command.removeprefix("python src/api/cache_api.py").split()
    if "--port" in options:
        # The port itself may be somebody else's here.
        del options[options.index("--port") : options.index("--port") + 2]
    with ocm_server(tmp_path, *options) as server, CacheClient(server.url) as client:
        assert client.healthcheck()["status"] == "healthy"


def test_the_port_by_default():
    words = subprocess.run([ocm_binary(), "serve", "--help"], capture_output=True, text=True, check=True).stdout
    assert re.search(r"--port <port>[^(]*\(default: 8000\)", words)


def test_what_is_said_at_the_start(ocm):
    version = subprocess.run([ocm_binary(), "--version"], capture_output=True, text=True, check=True).stdout.strip()
    assert re.search(rf"ocm {re.escape(version)}\b", ocm.log)
    assert re.search(rf"Redis: {str(ocm.has_redis).lower()}\b.*compression: true\b", ocm.log)
    assert f":{ocm.rest_port}" in ocm.log
    place = 0
    for line in document.SERVER_MESSAGES:
        if url := re.search(r"(GET|POST|DELETE) +(/api/[^ <]+)", line):
            place = re.compile(rf"{url[1]} +{re.escape(url[2])}").search(ocm.log, place).end()


def test_health(curl):
    status, answer = curl(document.HEALTHCHECK.curl)
    (example,) = document.HEALTHCHECK.responses
    assert status == 200 and answer.keys() == example.keys() and answer["status"] == example["status"]
    assert re.sub(r"\d", "9", answer["timestamp"]) == re.sub(r"\d", "9", example["timestamp"])
    time = datetime.datetime.fromisoformat(answer["timestamp"] + "+00:00")
    assert abs(datetime.datetime.now(datetime.UTC) - time) < datetime.timedelta(hours=1)


def assert_same_kinds(example, answer):
    """Each member of the example is there, and is of its kind. Any number may be where one with a fraction is."""
    for name, value in example.items():
        if isinstance(value, dict):
            assert_same_kinds(value, answer[name])
        elif isinstance(value, float):
            assert isinstance(answer[name], (int, float)) and not isinstance(answer[name], bool), name
        else:
            assert type(answer[name]) is type(value), name


def test_statistics(curl, client, ocm):
    client.set("user:123", JOHN)
    assert [client.get("user:123") for _ in range(5)] == [JOHN] * 5
    status, answer = curl(document.STATS.curl)
    (example,) = document.STATS.responses
    if not ocm.has_redis:
        del example["redis"]
        assert "redis" not in answer
    assert status == 200
    assert_same_kinds(example, answer)
    assert list(answer)[: len(example)] == list(example)
    assert answer["redis_enabled"] is ocm.has_redis
    for name in ("memory_limit_bytes", "memory_limit_mb"):
        assert answer[name] == example[name]
    assert 0 <= answer["hit_rate"] <= 1
    assert answer["memory_usage_bytes"] <= answer["memory_limit_bytes"]
    assert answer["memory_usage_mb"] == pytest.approx(answer["memory_usage_bytes"] / (1 << 20), abs=0.01)
    percent = 100 * answer["memory_usage_bytes"] / answer["memory_limit_bytes"]
    assert answer["memory_usage_percent"] == pytest.approx(percent, abs=0.01)
    assert answer["version"] in subprocess.run([ocm_binary(), "--version"], capture_output=True, text=True).stdout


def test_statistics_of_redis(curl, client, ocm, redis_port):
    if not ocm.has_redis:
        pytest.skip("this ocm serves from memory: it has no Redis to report on")
    redis = curl(document.STATS.curl)[1]["redis"]
    assert re.fullmatch(r"\d+(\.\d+)?[BKMG]", redis["used_memory_human"])
    assert redis["used_memory"] > 0 and redis["used_memory_peak"] > 0 and redis["connected_clients"] >= 1
    for _ in range(3):
        ask(redis_port, "SET", "hit", "1"), ask(redis_port, "GET", "hit"), ask(redis_port, "GET", "missing")
    later = curl(document.STATS.curl)[1]["redis"]
    assert later["keyspace_hits"] >= redis["keyspace_hits"] + 3
    assert later["keyspace_misses"] >= redis["keyspace_misses"] + 3
    assert later["total_commands_processed"] >= redis["total_commands_processed"] + 9


def test_that_reads_are_hits(client, ocm):
    client.set("user:123", JOHN)
    for _ in range(200):
        assert client.get("user:123") == JOHN
    stats = client.get_stats()
    assert stats["hit_rate"] > 0 and stats["avg_cached_time_ms"] > 0
    assert stats["avg_uncached_time_ms"] > 0 or not ocm.has_redis
    assert stats["memory_usage_bytes"] > 0


def test_keys(curl, client):
    (example,) = document.KEYS.responses
    client.batch_set(dict.fromkeys([*example["keys"], "order:1", "a user:1"], 1))
    status, answer = curl(document.KEYS.curl)
    assert status == 200 and answer.keys() == example.keys() and sorted(answer["keys"]) == example["keys"]
    assert len(curl(document.KEYS.curl.replace("?pattern=user:", ""))[1]["keys"]) == 5


def test_getting(curl, client):
    found, missing = document.GET.responses
    assert curl(document.GET.curl) == (404, missing)
    client.set("user:123", found["value"])
    assert curl(document.GET.curl) == (200, found)


def test_setting(curl, client, ocm):
    (example,) = document.SET.responses
    assert curl(document.SET.curl) == (200, example)
    assert client.get("user:123") == JOHN
    assert 0 < int(ask(ocm.redis_port, "TTL", "user:123")[1:]) <= 60


@pytest.mark.parametrize("ttl", [True, False], ids=["with a time to live", "without"])
def test_the_body_of_setting(curl, client, ocm, ttl):
    body = document.SET.body if ttl else {"value": document.SET.body["value"]}
    request = document.SET.curl.partition("-d ")[0] + f"-d '{json.dumps(body)}' http://localhost:8000/api/cache/key/k"
    assert curl(request) == (200, {"key": "k", "stored": True})
    assert client.get("k") == "設定する値"
    assert ask(ocm.redis_port, "TTL", "k") in ([b":60", b":59"] if ttl else [b":-1"])


def test_removing(curl, client):
    (example,) = document.INVALIDATE.responses
    client.batch_set({"user:123": JOHN, "user:456": JOHN})
    assert curl(document.INVALIDATE.curl) == (200, example)
    assert client.keys() == ["user:456"]
    assert curl(document.GET.curl) == (404, document.GET.responses[1])


def test_removing_everything(curl, client):
    (example,) = document.INVALIDATE_ALL.responses
    client.batch_set({"user:123": JOHN, "order:1": 1})
    assert client.get("user:123") == JOHN
    assert curl(document.INVALIDATE_ALL.curl) == (200, example)
    assert client.keys() == [] and client.get("user:123") is None


ENDPOINTS = [
    document.HEALTHCHECK,
    document.STATS,
    document.KEYS,
    document.GET,
    document.SET,
    document.INVALIDATE,
    document.INVALIDATE_ALL,
]


@pytest.mark.parametrize("signature", [line for endpoint in ENDPOINTS for line in endpoint.signatures])
def test_an_endpoint_by_its_signature(curl, client, signature):
    client.set("user:123", JOHN)
    method, path = signature.replace("<パターン>", "user:*").replace("<キー>", "user:123").split()
    body = """-H "Content-Type: application/json" -d '{"value": 1}'""" if method == "POST" else ""
    assert curl(f"curl -X {method} {body} 'http://localhost:8000{path}'")[0] == 200


@pytest.mark.parametrize(
    ("status", "request_line"),
    [
        (400, """-X POST -H "Content-Type: application/json" -d '{broken' http://localhost:8000/api/cache/key/k"""),
        (400, """-X POST -H "Content-Type: application/json" -d '{"ttl": 60}' http://localhost:8000/api/cache/key/k"""),
        (400, """-X POST -H "Content-Type: application/json" -d '{"value": 1, "ttl": -1}' http://localhost:8000/api/cache/key/k"""),
        (404, "http://localhost:8000/api/cache/nothing"),
        (404, "http://localhost:8000/nothing"),
    ],
)  # fmt: skip
def test_errors(curl, status, request_line):
    answered, answer = curl("curl " + request_line)
    assert answered == status and answer.keys() == document.ERROR.keys()
    assert isinstance(answer["error"], str) and answer["error"]
