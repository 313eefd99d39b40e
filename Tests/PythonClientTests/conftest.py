"""Each test of a client's behaviour runs with both clients: the one for threads and the one for asyncio."""

import pytest
from awaited import Awaited
from cache_client import CacheClient
from programs import ask, ocm_server
from scripted_server import ScriptedServer

TOKEN = "a secret"


@pytest.fixture(params=[CacheClient, Awaited], ids=["threads", "asyncio"])
def make_client(request):
    """Makes clients, and closes them at the end."""
    clients = []

    def make(*arguments, **options):
        clients.append(request.param(*arguments, **options))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def server():
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def client(make_client, server):
    return make_client(server.url)


@pytest.fixture(scope="module", params=["embedded", "redis"])
def running_ocm(request, redis_port, tmp_path_factory):
    upstream = ["--upstream", f"redis://127.0.0.1:{redis_port}"] if request.param == "redis" else []
    with ocm_server(tmp_path_factory.mktemp("ocm"), *upstream, "--rest-token", TOKEN) as server:
        server.mode, server.token = request.param, TOKEN
        yield server


@pytest.fixture
def ocm(running_ocm):
    """An empty ocm that asks for a token."""
    assert ask(running_ocm.redis_port, "FLUSHALL") == b"+OK"
    return running_ocm
