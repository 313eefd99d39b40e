"""Each test runs against ocm serving from memory and in front of a real Redis, unless it says otherwise."""

import contextlib
import itertools
import resource

import pytest
from servers import Ocm, Redis


def pytest_configure():
    # Some tests hold more connections than a process may have open by default.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@pytest.fixture(scope="session")
def redis_server():
    server = Redis()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def embedded(tmp_path_factory):
    server = Ocm(tmp_path_factory.mktemp("embedded") / "ocm.log")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def proxy(redis_server, tmp_path_factory):
    server = Ocm(tmp_path_factory.mktemp("proxy") / "ocm.log", upstream=redis_server.url)
    server.wait_until_caching()
    yield server
    server.stop()


@pytest.fixture(params=["embedded", "proxy"])
def ocm(request):
    """An empty server of either kind."""
    server = request.getfixturevalue(request.param)
    with server.resp() as client:
        client.flushall()
    return server


@pytest.fixture
def in_front_of_redis(proxy):
    """An empty server in front of a Redis."""
    with proxy.resp() as client:
        client.flushall()
    return proxy


@pytest.fixture
def rest(ocm):
    """A client of the REST API of an empty server of either kind."""
    return ocm.rest


@pytest.fixture
def resp(ocm):
    """A Redis client of the same server."""
    with ocm.resp() as client:
        yield client


@pytest.fixture
def start(tmp_path, start_redis):
    """Starts an ocm with further options; it is stopped when the test ends, before any Redis is."""
    with contextlib.ExitStack() as stack:
        numbers = itertools.count()

        def start(*options, **more):
            server = Ocm(tmp_path / f"ocm-{next(numbers)}.log", *options, **more)
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture
def start_redis():
    """Starts a Redis with further options; it is stopped when the test ends."""
    with contextlib.ExitStack() as stack:

        def start_redis(*options):
            server = Redis(*options)
            stack.callback(server.stop)
            return server

        yield start_redis
