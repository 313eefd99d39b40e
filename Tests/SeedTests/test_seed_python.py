"""The Python examples: run as they stand, but for the import, the port, and what they say comes from elsewhere."""

import ast
import csv
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import document
import pytest
from cache_client import CacheClient
from programs import free_port, wait_until


@pytest.fixture
def program(localize):
    """Makes an example run with our client and the server under test."""

    def program(text):
        line = "from src.api.cache_client import CacheClient"
        assert text.count(line) == 1
        return localize(text.replace(line, "from cache_client import CacheClient"))

    return program


@pytest.fixture
def run(program, capsys):
    """Runs an example; returns the lines that it printed."""

    def run(text, **names):
        exec(compile(program(text), "example", "exec"), {"__name__": "__main__"} | names)
        return capsys.readouterr().out.splitlines()

    return run


@pytest.fixture
def client(ocm):
    with CacheClient(ocm.url) as client:
        yield client


def test_basic_use(run, client):
    comment = document.BASIC_USE.partition("print(value)  # ")[2].splitlines()[0]
    assert run(document.BASIC_USE) == [comment]
    assert client.keys() == []


def test_the_basic_example(run, client):
    asked = []

    def fetch_user_from_database(user_id):
        asked.append(user_id)
        return {"id": user_id, "name": "ジョン"}

    names = {"fetch_user_from_database": fetch_user_from_database}
    user = "{'id': 123, 'name': 'ジョン'}"
    assert run(document.BASIC_EXAMPLE, **names) == ["キャッシュミス: user:123", user]
    assert run(document.BASIC_EXAMPLE, **names) == ["キャッシュヒット: user:123", user]
    assert asked == [123]
    assert 0 < client.command("TTL", "user:123") <= 600


def test_the_batch_example(run, client):
    asked = []

    def fetch_products_from_database(product_ids):
        asked.append(product_ids)
        return {pid: {"id": pid} for pid in product_ids}

    names = {"fetch_products_from_database": fetch_products_from_database}
    client.set("product:102", {"id": 102})
    products = {pid: {"id": pid} for pid in (101, 102, 103)}
    for _ in range(2):
        (line,) = run(document.BATCH_EXAMPLE, **names)
        assert ast.literal_eval(line) == products
    assert asked == [[101, 103]]
    assert 0 < client.command("TTL", "product:101") <= 300 and client.command("TTL", "product:102") == -1


class EnoughRounds(BaseException):
    """Ends a loop that is meant to go on for ever."""


def test_monitoring(program, client, ocm, monkeypatch, tmp_path, capsys):
    pauses = []

    def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            raise EnoughRounds

    client.set("user:123", "x" * 100_000)
    assert client.get("user:123") and client.get("user:123")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(time, "sleep", sleep)
    names = {"__name__": "__main__"}
    with pytest.raises(EnoughRounds):
        exec(compile(program(document.MONITORING), "example", "exec"), names)
    monkeypatch.undo()
    assert pauses == [30, 30, 30]
    with open(tmp_path / "cache_metrics.csv", newline="") as file:
        rows = [[float(field) for field in row] for row in csv.reader(file)]
    stats = client.get_stats()
    assert [len(row) for row in rows] == [4, 4, 4]
    lines = capsys.readouterr().out.splitlines()
    for (timestamp, hit_rate, _, memory_percent), line in zip(rows, lines, strict=True):
        assert abs(timestamp - time.time()) < 3600 and 0 <= hit_rate <= 100
        assert line == f"ヒット率: {hit_rate:.2f}%, メモリ使用率: {memory_percent:.2f}%"
    metrics = names["metrics"]
    assert metrics["memory_usage_mb"] == pytest.approx(stats["memory_usage_mb"], abs=1)
    if ocm.has_redis:
        assert metrics["redis_memory_mb"] > 0 and metrics["redis_connections"] >= 1
    assert ("redis_connections" in metrics) is ocm.has_redis


@pytest.fixture
def dashboard(program, tmp_path):
    """The address at which the example serves its dashboard."""
    port = free_port()
    (tmp_path / "dashboard.py").write_text(program(document.DASHBOARD))
    url = f"http://127.0.0.1:{port}"
    with open(tmp_path / "dashboard.log", "wb") as log:
        # Its debug mode starts itself once more.
        process = subprocess.Popen(
            [sys.executable, tmp_path / "dashboard.py"],
            env=os.environ | {"PORT": str(port), "HOST": "127.0.0.1"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def is_up():
        assert process.poll() is None, (tmp_path / "dashboard.log").read_text()
        try:
            return ask_dashboard(url + "/_dash-layout")
        except (urllib.error.URLError, ConnectionError):
            return False

    try:
        wait_until("the dashboard is up", is_up, seconds=60)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def ask_dashboard(url, body=None):
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, content, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.load(response)


@pytest.mark.timeout(120)
def test_the_dashboard(dashboard, client):
    client.set("user:123", "x" * 300_000)
    assert [len(client.get("user:123")) for _ in range(5)] == [300_000] * 5
    assert "OptimizedCacheManager ダッシュボード" in json.dumps(
        ask_dashboard(dashboard + "/_dash-layout"), ensure_ascii=False
    )
    (callback,) = ask_dashboard(dashboard + "/_dash-dependencies")
    before = client.get_stats()
    answer = ask_dashboard(
        dashboard + "/_dash-update-component",
        {
            "output": callback["output"],
            "outputs": [
                {"id": name, "property": "figure"}
                for name in ("hit-rate-gauge", "memory-usage-gauge", "response-time-graph")
            ],
            "inputs": [{"id": "interval-component", "property": "n_intervals", "value": 1}],
            "changedPropIds": ["interval-component.n_intervals"],
        },
    )
    figures = {name: part["figure"] for name, part in answer["response"].items()}
    after = client.get_stats()
    (gauge,) = figures["hit-rate-gauge"]["data"]
    assert gauge["title"]["text"] == "ヒット率 (%)" and gauge["mode"] == "gauge+number"
    assert min(before["hit_rate"], after["hit_rate"]) * 100 <= gauge["value"] + 1e-9
    assert gauge["value"] <= max(before["hit_rate"], after["hit_rate"]) * 100 + 1e-9
    (gauge,) = figures["memory-usage-gauge"]["data"]
    assert gauge["title"]["text"] == "メモリ使用率 (%)"
    assert gauge["value"] == pytest.approx(after["memory_usage_percent"], abs=1)
    (bars,) = figures["response-time-graph"]["data"]
    assert bars["x"] == ["キャッシュあり", "キャッシュなし"] and all(value >= 0 for value in bars["y"])
    assert figures["response-time-graph"]["layout"]["title"]["text"] == "平均レスポンス時間 (ms)"
