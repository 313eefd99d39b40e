"""What is on the page, and whether those who are to read it can."""

import gzip
import pathlib
import re
import subprocess

import pytest
from conftest import READ_TOKEN
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_plain

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
# Changes from one look to the next.
RESTLESS = ("process_", "ocm_uptime", "ocm_http_", "ocm_received", "ocm_sent", "ocm_connections", "ocm_clients")


def samples(families):
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for f in families for sample in f.samples}


def figures(server, headers):
    return samples(parse_plain(server.page(**headers)))


def one(found, name, **labels):
    return found[name, tuple(sorted(labels.items()))]


def test_promtool_has_no_complaints(ocm):
    server, headers = ocm
    check = subprocess.run(
        ["promtool", "check", "metrics"],
        input=server.page(**headers),
        capture_output=True,
        text=True,
    )
    assert (check.returncode, check.stdout, check.stderr) == (0, "", "")


def test_both_formats_tell_the_same(ocm):
    server, headers = ocm
    plain = samples(parse_plain(server.page(**headers)))
    families = list(parse_openmetrics(server.page(Accept=OPENMETRICS, **headers)))
    full = samples(families)
    assert len(plain) > 80
    assert plain.keys() == full.keys()
    for key in plain:
        if not key[0].startswith(RESTLESS):
            assert plain[key] == full[key], key
    units = {family.name: family.unit for family in families if family.unit}
    assert units["ocm_received_bytes"] == "bytes" and units["ocm_command_duration_seconds"] == "seconds"


@pytest.mark.parametrize(
    "accept, expected",
    [
        (None, "text/plain; version=0.0.4; charset=utf-8"),
        ("text/plain", "text/plain; version=0.0.4; charset=utf-8"),
        ("application/openmetrics-text", OPENMETRICS + "; charset=utf-8"),
        (OPENMETRICS + ",text/plain;version=0.0.4;q=0.5,*/*;q=0.1", OPENMETRICS + "; charset=utf-8"),
    ],
)
def test_content_types(proxy, accept, expected):
    status, headers, body = proxy.get("/metrics", **({"Accept": accept} if accept else {}))
    assert (status, headers["Content-Type"]) == (200, expected)
    assert body.endswith(b"\n# EOF\n") == ("openmetrics" in expected)


def test_compressed(proxy):
    _, headers, body = proxy.get("/metrics", Accept_Encoding="gzip")
    assert headers["Content-Encoding"] == "gzip"
    assert b"ocm_build_info" in gzip.decompress(body)


def test_token(embedded):
    assert embedded.get("/metrics")[0] == 401
    assert embedded.get("/metrics", Authorization="Bearer wrong")[0] == 401


def test_traffic_is_counted(ocm):
    server, headers = ocm
    is_proxy = not headers
    found = figures(server, headers)
    assert one(found, "ocm_http_requests_total", route="key", method="POST", code="2xx") == 1
    assert one(found, "ocm_http_requests_total", route="key", method="GET", code="2xx") == 1
    assert one(found, "ocm_http_requests_total", route="key", method="GET", code="4xx") == 1
    assert one(found, "ocm_http_requests_total", route="stats", method="GET", code="2xx") == 1
    assert one(found, "ocm_http_requests_total", route="other", method="GET", code="4xx") == 1
    assert one(found, "ocm_connections_total", listener="redis") == (2 if is_proxy else 1)
    assert one(found, "ocm_connections_total", listener="rest") >= 6
    assert one(found, "ocm_clients", listener="rest") >= 1
    for name in ("ocm_received_bytes_total", "ocm_sent_bytes_total"):
        assert one(found, name, listener="redis") > 300 and one(found, name, listener="rest") > 300
    assert one(found, "ocm_http_request_duration_seconds_count") >= 5
    assert 0 < one(found, "ocm_http_request_duration_seconds_sum") < 60
    assert one(found, "process_open_fds") > 5 and one(found, "process_resident_memory_bytes") > 1 << 20


def test_proxy(proxy, redis_server):
    found = figures(proxy, {})
    assert one(found, "ocm_upstream_info", address=f"127.0.0.1:{redis_server.port}") == 1
    assert one(found, "ocm_upstream_up") == 1
    assert one(found, "ocm_threads") == 2
    assert one(found, "ocm_commands_total", command="set") == 12
    assert one(found, "ocm_commands_total", command="flushall") == 1
    outcomes = ["hits", "negative_hits", "misses", "coalesced"]
    hits, negative, misses, _ = values = [one(found, f"ocm_cache_{outcome}_total") for outcome in outcomes]
    # Over the Redis protocol 50 and a big one, over HTTP one that is there and one that isn't.
    assert sum(values) == 53
    assert hits >= 25 and negative >= 5 and misses >= 12
    assert one(found, "ocm_cache_refused_fills_total", reason="too_large") == 1
    # In a pipeline it is on its way before MULTI has its reply.
    bypasses = [one(found, "ocm_cache_bypasses_total", reason=reason) for reason in ("transaction", "pinned")]
    assert sum(bypasses) == 1
    assert one(found, "ocm_cache_flushes_total", reason="flush_command") >= 1
    assert one(found, "ocm_cache_memory_limit_bytes") == 100 << 20
    assert one(found, "ocm_command_duration_seconds_count", source="cache") == hits + negative
    assert one(found, "ocm_command_duration_seconds_count", source="upstream") > 12
    assert not any(name.startswith("ocm_store") for name, _ in found)


def test_embedded(embedded):
    found = figures(embedded, {"Authorization": f"Bearer {READ_TOKEN}"})
    # 41 and 11 GETs; what is read over HTTP is also asked for its time to live.
    assert 41 <= one(found, "ocm_store_hits_total") <= 42
    assert 11 <= one(found, "ocm_store_misses_total") <= 12
    assert one(found, "ocm_store_keys") == 11
    assert 0 < one(found, "ocm_store_memory_bytes") < one(found, "ocm_store_memory_limit_bytes") == 100 << 20
    assert one(found, "ocm_command_duration_seconds_count", source="store") >= 60
    assert not any(name.startswith(("ocm_cache", "ocm_upstream")) for name, _ in found)


def test_counters_only_grow(ocm):
    server, headers = ocm
    before = figures(server, headers)
    after = figures(server, headers)
    for key, value in before.items():
        if key[0].endswith(("_total", "_bucket", "_count", "_sum")):
            assert after[key] >= value, key
    requests = ("ocm_http_requests_total", (("code", "2xx"), ("method", "GET"), ("route", "metrics")))
    assert after[requests] == before[requests] + 1


def test_the_readme_lists_them_all(proxy, embedded):
    readme = (pathlib.Path(__file__).resolve().parents[2] / "README.md").read_text()
    listed = set(re.findall(r"^\| `((?:ocm|process)_\w+)` \|[^|]*\|[^|]*\| (.*) \|$", readme, re.MULTILINE))
    pages = proxy.page() + embedded.page(Authorization=f"Bearer {READ_TOKEN}")
    served = set(re.findall(r"^# HELP (\S+) (.*)\.$", pages, re.MULTILINE))
    assert listed == served
