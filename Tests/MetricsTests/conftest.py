"""Two ocms after some traffic, and a Prometheus that watches them."""

import json
import re
import urllib.request

import pytest
from programs import wait_until
from watched import OCM, Prometheus, Redis

TOKEN, READ_TOKEN = "the whole truth", "looking only"


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory):
    server = Redis(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def proxy(redis_server, tmp_path_factory):
    """An ocm in front of a Redis, that has seen a bit of everything; with two threads, whose figures must add up."""
    server = OCM(
        tmp_path_factory.mktemp("proxy"),
        *("--upstream", redis_server.url, "--threads", 2, "--max-entry-size", "64kb"),
    )
    server.wait_until_caching()
    give_traffic(server)
    with server.client() as client:
        client.set("big", "x" * 100_000)
        assert len(client.get("big")) == 100_000
        with client.pipeline(transaction=True) as pipe:
            pipe.get("key:1")
            pipe.execute()
        client.flushall()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def embedded(tmp_path_factory):
    """An ocm that serves from memory, and only those who have a token."""
    server = OCM(tmp_path_factory.mktemp("embedded"), "--rest-token", TOKEN, "--rest-read-token", READ_TOKEN)
    give_traffic(server, Authorization=f"Bearer {TOKEN}")
    yield server
    server.stop()


def give_traffic(server, **headers):
    """10 SETs, 50 GETs of which 10 find nothing; 3 requests over HTTP that succeed and 2 that don't."""
    with server.client() as client:
        for number in range(10):
            client.set(f"key:{number}", number)
        for _ in range(4):
            for number in range(10):
                assert client.get(f"key:{number}") == b"%d" % number
        for _ in range(10):
            assert client.get("missing") is None
    body = json.dumps({"value": "v"}).encode()
    request = urllib.request.Request(
        f"http://{server.address}/api/cache/key/over-http",
        method="POST",
        data=body,
        headers={"Content-Type": "application/json"} | headers,
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.status == 200
    for path, status in [
        ("/api/cache/key/over-http", 200),
        ("/api/cache/stats", 200),
        ("/api/cache/key/nothing", 404),
        ("/nowhere", 404),
    ]:
        assert server.get(path, **headers)[0] == status, path


@pytest.fixture(params=["proxy", "embedded"])
def ocm(request):
    """Either of them; its page is to be asked for with the headers beside it."""
    headers = {"Authorization": f"Bearer {READ_TOKEN}"} if request.param == "embedded" else {}
    return request.getfixturevalue(request.param), headers


@pytest.fixture(scope="session")
def prometheus(proxy, embedded, tmp_path_factory):
    """A Prometheus that has scraped both, one without a token and one with the token for reading, several times."""
    directory = tmp_path_factory.mktemp("prometheus")
    token_path = directory / "token"
    token_path.write_text(READ_TOKEN)
    authorization = {"credentials_file": str(token_path)}
    server = Prometheus(
        directory,
        {
            "ocm": {"static_configs": [{"targets": [proxy.address]}]},
            "ocm-token": {"static_configs": [{"targets": [embedded.address]}], "authorization": authorization},
            "ocm-no-token": {"static_configs": [{"targets": [embedded.address]}]},
        },
    )
    wait_until(
        "both have been scraped three times",
        lambda: server.value('min(count_over_time(up{job!="ocm-no-token"}[1m]))') in range(3, 60),
    )
    yield server
    server.stop()


@pytest.fixture(scope="session")
def metrics_of_both(proxy, embedded):
    """The names of all samples on either's page."""
    pages = proxy.page() + embedded.page(Authorization=f"Bearer {READ_TOKEN}")
    return {re.match(r"\w+", line)[0] for line in pages.splitlines() if not line.startswith("#")}
