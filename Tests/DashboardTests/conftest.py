"""One browser for all tests, and a Redis with an ocm before it."""

import urllib.request

import pytest
import redis as redis_py
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from dashboard import WITNESS, Dashboard
from servers import OCM, Redis


@pytest.fixture(scope="session")
def driver():
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    # Without the sandbox, which root can't have; without shared memory, of which containers have little.
    for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--lang=en"]:
        options.add_argument(argument)
    options.add_argument("--window-size=1280,1000")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WITNESS})
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory):
    server = Redis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis(redis_server):
    """A client of the Redis itself, which is empty."""
    with redis_py.Redis(port=redis_server.port) as client:
        client.flushall()
        yield client


@pytest.fixture
def launch(tmp_path, redis_server):
    """Starts an ocm of the test's own: `launch("--rest-token", "x")`."""
    started = []

    def launch(*options, redis=redis_server, user=""):
        server = OCM(tmp_path, redis, *options, user=user)
        started.append(server)
        server.start()
        return server

    yield launch
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def shared_ocm(redis_server, tmp_path_factory):
    server = OCM(tmp_path_factory.mktemp("ocm"), redis_server)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def ocm(shared_ocm):
    """An ocm that tests leave as it is."""
    request = urllib.request.Request(shared_ocm.origin + "/api/cache/invalidate-all", method="DELETE")
    urllib.request.urlopen(request, timeout=10)
    return shared_ocm


@pytest.fixture
def browse(driver, launch):
    """A dashboard of a server; when the test is over, the browser must have nothing to complain of.

    It is over before the servers that the test launched are stopped, or the page would miss them.
    """
    opened = []

    def browse(server):
        dashboard = Dashboard(driver, server.origin)
        opened.append(dashboard)
        return dashboard

    driver.get_log("browser")
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    yield browse
    for dashboard in opened:
        assert dashboard.complaints() == []
        for storage in ["local_storage", "session_storage"]:
            kind = storage.split("_")[0] + "Storage"
            driver.execute_script(f"if (location.origin !== 'null') {kind}.clear()")
    driver.get("about:blank")


@pytest.fixture
def page(browse, ocm, redis):
    return browse(ocm)
