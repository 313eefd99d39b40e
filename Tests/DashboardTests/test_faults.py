"""What isn't as it should be is said, and no longer than it lasts."""

import signal

import pytest
import redis as redis_py

from servers import Redis


@pytest.fixture
def own_redis(tmp_path):
    server = Redis(tmp_path)
    server.start()
    yield server
    server.stop()


def well(page):
    return page.text("#pill") == "Healthy" and not page.all(".banner")


def test_redis_goes_and_comes_back(browse, launch, own_redis):
    page = browse(launch(redis=own_redis))
    page.expect_status(503, 404)
    page.open()
    page.until("all is well", lambda: well(page))
    own_redis.stop(signal.SIGKILL)
    page.until_text("#banners", "is away")
    assert page.text("#pill") == "Redis away" and page.fact("upstream", "State") == "Away"
    assert page.driver.title.startswith("Redis away")
    page.screenshot("redis-away")
    # What can't be done meanwhile says why.
    page.key("k")
    page.until("it says why", lambda: page.text("#detail .empty p"))
    assert "no such key" not in page.text("#detail")
    page.open("#keys")
    page.until("it says why", lambda: page.text("#list-status"))
    assert "no keys" not in page.text("#list-status")
    own_redis.start()
    page.until("all is well again", lambda: well(page), 40)
    page.press("Overview")
    page.until("it is connected", lambda: page.fact("upstream", "State") == "Connected")


def test_redis_hangs(browse, launch, own_redis):
    """A Redis that is silent: figures go on, and nothing is served from the cache."""
    page = browse(launch(redis=own_redis)).open()
    page.until("all is well", lambda: well(page))
    own_redis.process.send_signal(signal.SIGSTOP)
    try:
        page.until("it is said", lambda: page.text("#pill") in ("Not caching", "Redis away", "Connecting"))
    finally:
        own_redis.process.send_signal(signal.SIGCONT)
    page.until("all is well again", lambda: well(page), 40)


def test_the_server_goes_and_comes_back(browse, launch, redis):
    ocm = launch()
    page = browse(ocm)
    page.expected += ["ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE"]
    page.open()
    page.until("all is well", lambda: well(page))
    ocm.stop()
    page.until_text("#banners", "The server can’t be reached.")
    page.until_text("#banners", "Next try in")
    assert page.text("#pill") == "Unreachable" and "stale" in page.one("main").get_attribute("class")
    page.screenshot("server-away")
    ocm.start()
    page.press("Try now")
    page.until("all is well again", lambda: well(page))
    assert "stale" not in page.one("main").get_attribute("class")


@pytest.mark.parametrize(
    "rights, said",
    [
        (["allchannels", "-client|tracking"], "Redis refuses to track"),
        (["resetchannels"], "The invalidation feed isn’t connected"),
    ],
)
def test_redis_refuses_what_caching_takes(browse, launch, own_redis, rights, said):
    with redis_py.Redis(port=own_redis.port) as client:
        client.execute_command("ACL SETUSER", "plain", "on", ">pw", "~*", "+@all", *rights)
    page = browse(launch(redis=own_redis, user="plain:pw@"))
    # That tracking is refused comes out with the first read.
    page.key("k")
    page.open()
    page.until_text("#banners", said)
    assert page.text("#pill") == "Not caching"


def test_without_the_cache(browse, launch, redis):
    page = browse(launch("--no-cache")).open()
    page.until_text("#pill", "Healthy")
    assert page.all(".banner") == [] and page.fact("cache-state", "State") == "Off"


def test_faults_are_announced(browse, launch, own_redis):
    page = browse(launch(redis=own_redis)).open()
    page.until("all is well", lambda: well(page))
    own_redis.stop(signal.SIGKILL)
    page.until_text("[role=alert]", "is away")
    page.script(
        "window.changes = 0; new MutationObserver(() => changes++).observe(document.getElementById('banners'),"
        " { childList: true, subtree: true, characterData: true })"
    )
    polls = page.script(
        "window.polls = 0; const real = fetch; window.fetch = (...all) => { polls++; return real(...all) }; return 0"
    )
    page.until("it has polled on", lambda: page.script("return polls") > polls + 3)
    # An alert that changes all the time would be read out all the time.
    assert page.script("return changes") <= 2
    own_redis.start()
    page.until("all is well again", lambda: well(page), 40)
