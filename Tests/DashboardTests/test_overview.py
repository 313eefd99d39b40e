"""The figures on the page are the server's, and follow real traffic."""

import contextlib
import json
import threading

import pytest
import redis as redis_py

from servers import wait_until


@contextlib.contextmanager
def traffic(port, work):
    """Runs `work(client)` over and over in the background."""
    over = threading.Event()

    def run():
        with redis_py.Redis(port=port) as client:
            while not over.is_set():
                work(client)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def number(text):
    return float("".join(character for character in text if character in "0123456789.") or "nan")


def percent(share):
    value = share * 100
    return (f"{value:.0f}" if value >= 99.95 or value == 0 else f"{value:.1f}") + " %"


def milliseconds(text):
    value, unit = text.split()
    return float(value.replace(",", "")) * {"µs": 1e-3, "ms": 1, "s": 1e3}[unit]


def test_hit_rate_and_memory_follow_traffic(page, ocm, redis):
    page.open()
    page.until_text("#pill", "Healthy")
    before = ocm.stats()
    for number_ in range(20):
        redis.set(f"document:{number_}", json.dumps({"text": "x" * 5000}))
    with redis_py.Redis(port=ocm.redis_port) as client:
        for _ in range(5):
            for number_ in range(20):
                client.get(f"document:{number_}")
                with ocm.get(f"/api/cache/key/document:{number_}") as response:
                    assert json.load(response)["found"]
    after = ocm.stats()
    hits = after["requests"]["hits"] - before["requests"]["hits"]
    misses = after["requests"]["misses"] - before["requests"]["misses"]
    assert hits > 100 and misses >= 20
    page.until_text("#hit-rate", percent(after["hit_rate"]))
    assert float(page.one("#hit-gauge").get_attribute("aria-valuenow")) == pytest.approx(
        after["hit_rate"] * 100, abs=0.1
    )
    page.until("that of the last minute is shown", lambda: number(page.text("#hit-lately")) > 50)
    page.until(
        "the memory is shown", lambda: page.text("#memory-percent") == percent(after["memory_usage_percent"] / 100)
    )
    assert page.text("#memory-limit") == "100 MB"
    assert number(page.text("#memory-used")) > 0
    page.until("hits are counted", lambda: page.fact("activity", "Hits") == f"{after['requests']['hits']:,}")
    assert page.fact("activity", "Misses") == f"{after['requests']['misses']:,}"
    assert page.fact("cache-state", "Entries") == f"{after['cache']['entries']:,}"


def test_rates_rise_and_fall(page, ocm, redis):
    redis.set("hot", "x")
    page.open()
    page.until_text("#pill", "Healthy")

    def work(client):
        client.get("hot")
        client.incr("counter")

    with traffic(ocm.redis_port, work):
        page.until("there is a rate", lambda: number(page.text("#rate")) > 20)
        page.until(
            "hits are told from others", lambda: number(page.text("#rate-hits")) > 5 < number(page.text("#rate-others"))
        )
        page.until(
            "commands have rates",
            lambda: any("INCR" in row and number(row.split()[-1]) > 5 for row in page.texts("#commands li")),
        )
        assert page.all("#chart path.area.hits") and page.all("#chart path.line.others")
        assert "now" in page.one("#chart").get_attribute("aria-label")
        page.until("bytes flow", lambda: number(page.fact("clients", "Redis in")) > 0)
    # But for what the page itself makes the server ask.
    page.until("it is quiet again", lambda: number(page.text("#rate")) < 5)


def test_response_times_and_percentiles(page, ocm, redis):
    redis.set("k", "v")
    with redis_py.Redis(port=ocm.redis_port) as client:
        for _ in range(300):
            client.get("k")
            client.incr("n")
    stats = ocm.stats()
    page.open()
    page.until("the times are shown", lambda: page.text("#time-cached") not in ("", "–"))
    assert milliseconds(page.text("#time-cached")) == pytest.approx(stats["avg_cached_time_ms"], rel=0.3)
    assert milliseconds(page.text("#time-uncached")) == pytest.approx(stats["avg_uncached_time_ms"], rel=0.3)
    rows = {row.text: row.find_elements("xpath", "../td") for row in page.all("#latency th")}
    assert list(rows) == ["p50", "p90", "p99", "p99.9", "max", "mean", "count"]
    for name, field in [("p50", "p50"), ("p90", "p90"), ("p99", "p99"), ("p99.9", "p999"), ("max", "max")]:
        for cell, kind in zip(rows[name], ["cached", "uncached"]):
            assert milliseconds(cell.text.replace("\N{NO-BREAK SPACE}", " ")) == pytest.approx(
                stats["latency_ms"][kind][field], rel=0.3
            )


def test_top_keys_follow_traffic_and_open(browse, launch, redis):
    ocm = launch()
    redis.set("celebrity", "1")
    redis.set("nobody", "1")
    with redis_py.Redis(port=ocm.redis_port) as client, client.pipeline(transaction=False) as pipeline:
        for _ in range(5000):
            pipeline.get("celebrity")
        for _ in range(20):
            pipeline.get("nobody")
        pipeline.execute()
    page = browse(ocm).open()
    page.until("the most asked for is first", lambda: page.texts("#top .name")[:1] == ["celebrity"])
    page.one("#top a").click()
    page.until_text("#detail h2", "celebrity")
    assert page.text("#detail pre") == "1"


def test_commands_and_redis(page, ocm, redis):
    with redis_py.Redis(port=ocm.redis_port) as client:
        for _ in range(7):
            client.sadd("members", "m")
    page.open()
    page.until("SADD is among the commands", lambda: any(row.startswith("SADD") for row in page.texts("#commands li")))
    row = next(row for row in page.texts("#commands li") if row.startswith("SADD"))
    assert row.split()[1] == str(ocm.stats()["commands"]["sadd"])
    assert page.fact("upstream", "State") == "Connected"
    assert page.fact("upstream", "Address") == ocm.stats()["upstream"]["url"]
    assert number(page.fact("redis", "Memory")) > 0
    assert page.fact("compression", "State") == "On"


def test_emptying_the_local_cache(page, ocm, redis):
    redis.set("k", "v")
    with redis_py.Redis(port=ocm.redis_port) as client:
        wait_until("it is kept", lambda: client.get("k") and ocm.stats()["cache"]["entries"] > 0)
    page.open()
    page.until_text("#pill", "Healthy")
    page.press("Empty the local cache…")
    page.until("it asks", lambda: page.is_open("confirm"))
    page.submit("confirm")
    page.until("it is empty", lambda: page.fact("cache-state", "Entries") == "0")
    assert redis.get("k") == b"v"


def test_a_restart_is_no_negative_rate(browse, launch, redis):
    ocm = launch()
    page = browse(ocm)
    page.expected += ["ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE"]
    with redis_py.Redis(port=ocm.redis_port) as client:
        for _ in range(100):
            client.get("k")
    page.open()
    page.until_text("#pill", "Healthy")
    page.until("it has polled twice", lambda: page.text("#rate") != "–")
    ocm.stop()
    page.until_text("#banners", "can’t be reached")
    ocm.start()
    page.until("it is back", lambda: page.text("#pill") == "Healthy" and page.all(".banner") == [])
    page.until("there is a rate again", lambda: page.text("#rate") != "–")
    assert "-" not in page.text("#rate") and "-" not in page.one("#chart").get_attribute("innerHTML").split("d=")[1]


def test_embedded(browse, launch):
    ocm = launch(redis=None)
    page = browse(ocm).open()
    page.until_text("#pill", "Healthy")
    assert page.fact("upstream", "Mode") == "embedded store, no Redis"
    assert not page.one("#redis-card").is_displayed() and not page.one("#drop").is_displayed()
    with redis_py.Redis(port=ocm.redis_port) as client:
        client.set("text", "hello")
        client.hset("fields", mapping={"a": "1"})
    page.key("text")
    assert page.text("#detail pre") == "hello"
    page.key("fields")
    assert page.texts("#detail td") == ["a", "1"]
