"""A real Prometheus, which scrapes real ocms every second."""

import pytest
from programs import wait_until
from promql import rules
from watched import OCM, Prometheus, Redis


def test_scraping(prometheus):
    assert prometheus.value('up{job="ocm"}') == 1
    assert prometheus.value('up{job="ocm-token"}') == 1
    # The same one, without the token.
    assert prometheus.value('up{job="ocm-no-token"}') == 0
    for line in prometheus.log.splitlines():
        assert "level=info" in line or "level=debug" in line, line


def test_figures_arrive(prometheus):
    assert prometheus.value('ocm_commands_total{job="ocm",command="set"}') == 12
    assert prometheus.value('sum(ocm_cache_hits_total + ocm_cache_negative_hits_total) > bool 30') == 1
    assert 41 <= prometheus.value('ocm_store_hits_total{job="ocm-token"}') <= 42
    states = prometheus.values('ocm_cache_state{job="ocm"}')
    assert {state[0][1] for state, value in states.items() if value} == {"on"}
    p99 = 'histogram_quantile(0.99, ocm_command_duration_seconds_bucket{job="ocm",source="cache"})'
    assert 0 < prometheus.value(p99) < 10
    mean = 'ocm_command_duration_seconds_sum{source="upstream"} / ocm_command_duration_seconds_count{source="upstream"}'
    assert 0 < prometheus.value(mean) < 10
    assert prometheus.value('rate(ocm_http_requests_total{job="ocm",route="metrics",code="2xx"}[30s])') > 0


def test_metadata_arrive(prometheus):
    metadata = prometheus.ask("metadata")
    [received] = metadata["ocm_received_bytes"]
    assert received == {"type": "counter", "unit": "bytes", "help": "Bytes received from clients."}
    assert metadata["ocm_command_duration_seconds"][0]["type"] == "histogram"
    assert metadata["ocm_build"][0]["type"] == "info"


def test_rules_are_evaluated(prometheus):
    groups = prometheus.ask("rules")["groups"]
    evaluated = [rule for group in groups for rule in group["rules"]]
    assert len(evaluated) == len(rules())
    wait_until(
        "every rule was evaluated",
        lambda: all(
            rule["health"] == "ok" for group in prometheus.ask("rules")["groups"] for rule in group["rules"]
        ),
    )
    assert prometheus.ask("alerts")["alerts"] == []
    wait_until(
        "the hit rate is recorded",
        lambda: prometheus.value("instance:ocm_cache_hit_ratio:rate5m") is not None
        or prometheus.value("instance:ocm_cache_lookups:rate5m") == 0,
    )


@pytest.fixture
def watched(tmp_path):
    """A Redis, an ocm in front of it, and a Prometheus of their own; whatever is left of them is stopped."""
    redis_server = Redis(tmp_path)
    ocm = OCM(tmp_path, "--upstream", redis_server.url)
    ocm.wait_until_caching()
    prometheus = Prometheus(tmp_path, {"ocm": {"static_configs": [{"targets": [ocm.address]}]}})
    yield redis_server, ocm, prometheus
    for program in (prometheus, ocm, redis_server):
        if not program.has_ended:
            program.stop()


def test_what_breaks_shows(watched):
    redis_server, ocm, prometheus = watched
    wait_until("all is well", lambda: prometheus.value("ocm_upstream_up") == 1)
    redis_server.stop()
    wait_until("Redis is seen to be away", lambda: prometheus.value("ocm_upstream_up") == 0)
    with ocm.client() as client:
        for _ in range(5):
            with pytest.raises(Exception, match="cannot reach Redis"):
                client.set("k", "v")
    wait_until("the failures are counted", lambda: prometheus.value("ocm_commands_failed_total >= 5"))
    wait_until("the cache is off", lambda: prometheus.value('ocm_cache_state{state="waiting_for_feed"}') == 1)
    alert = 'ALERTS{alertname="%s",severity="critical"}'
    wait_until("it is about to alert", lambda: prometheus.value(alert % "OcmUpstreamDown") == 1)
    ocm.stop()
    wait_until("ocm is seen to be away", lambda: prometheus.value("up") == 0)
    wait_until("it is about to alert", lambda: prometheus.value(alert % "OcmDown") == 1)
