"""Connections: kept, used again, grown stale, broken, silent; and what is tried again."""

import asyncio
import concurrent.futures
import dataclasses
import os
import socket
import ssl
import subprocess
import time

import pytest
from cache_client import AsyncCacheClient, CacheClient, CacheError, CacheUnavailable
from cache_client.attempts import Attempts
from cache_client.connections import Connections
from cache_client.endpoint import Endpoint
from cache_client.messages import Request
from programs import free_port, wait_until
from scripted_server import CLOSE, HANG, RESET, Answer, ScriptedServer, respond, respond_raw

FOUND = {"key": "k", "value": 1, "found": True}


def test_a_connection_is_kept(client, server):
    server.script(*[respond(FOUND)] * 3, respond({"key": "k", "found": False}, 404), respond({"error": "no"}, 400))
    assert [client.get("k") for _ in range(4)] == [1, 1, 1, None]
    with pytest.raises(CacheError):
        client.get("k")
    assert server.connections == 1


def test_what_every_request_says(make_client, server):
    server.script(respond(FOUND), respond({"stored": True}))
    client = make_client(server.url + "/base/", token="secret")
    client.get("a b")
    client.set("k", b"\xff", ttl=5)
    first, second = server.received
    assert first.line == "GET /base/api/cache/key/a%20b HTTP/1.1" and first.body == b""
    assert first.headers["host"] == f"localhost:{server.port}" and first.headers["authorization"] == "Bearer secret"
    assert second.line == "PUT /base/api/cache/key/k?ttl=5 HTTP/1.1" and second.body == b"\xff"
    assert second.headers["content-length"] == "1"


@pytest.mark.parametrize("then", [CLOSE, RESET])
def test_a_connection_that_was_closed_between_calls(make_client, server, then):
    server.script(respond(FOUND, then=then), respond(FOUND))
    client = make_client(server.url, retries=0)
    assert client.get("k") == 1 and client.get("k") == 1
    assert server.connections_used == [0, 1]


@pytest.mark.parametrize("then", [CLOSE, RESET])
def test_a_connection_that_is_closed_when_it_is_used_again(make_client, server, then):
    server.script(respond(FOUND), Answer(then=then), respond({"stored": True}))
    client = make_client(server.url, retries=0)
    assert client.get("k") == 1 and client.set("k", 1)
    assert server.connections_used == [0, 0, 1]


def test_a_connection_on_which_the_server_had_given_up(make_client, server):
    server.script(respond(FOUND), respond({"error": "too slow"}, 408, then=CLOSE), respond(FOUND))
    client = make_client(server.url, retries=0)
    assert client.get("k") == 1 and client.get("k") == 1
    assert server.connections_used == [0, 0, 1]


@pytest.mark.parametrize(
    "answer",
    [
        respond(FOUND, headers=[("Connection", "close")], then=CLOSE),
        respond_raw(b'HTTP/1.0 200 OK\r\nContent-Length: 24\r\n\r\n{"found":true,"value":1}', then=CLOSE),
    ],
)
def test_a_response_that_ends_its_connection(client, server, answer):
    server.script(answer, answer)
    assert client.get("k") == 1 and client.get("k") == 1
    assert server.connections_used == [0, 1]


@pytest.mark.parametrize("pieces", [1, 7, 1000])
def test_a_body_in_chunks(client, server, pieces):
    body = b'{"found":true,"value":"' + b"x" * 5000 + b'"}'
    chunks = b"".join(
        b"%x;name=value\r\n%s\r\n" % (len(body[at : at + pieces]), body[at : at + pieces])
        for at in range(0, len(body), pieces)
    )
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.script(respond_raw(head + chunks + b"0\r\nTrailer: x\r\n\r\n"), respond(FOUND))
    assert client.get("k") == "x" * 5000
    assert client.get("k") == 1
    assert server.connections == 1


def test_a_response_in_pieces(client, server):
    whole = respond(FOUND).parts[0]
    pieces = [whole[at : at + 1] for at in range(len(whole))]
    server.script(respond_raw(b"HTTP/1.1 100 Continue\r\n\r\n", *pieces, pause=0.001), respond(FOUND))
    assert client.get("k") == 1 and client.get("k") == 1
    assert server.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer(then=CLOSE),
        Answer(then=RESET),
        respond_raw(b"HTTP/1.1 200 OK\r\nContent-Le", then=CLOSE),
        respond_raw(b'HTTP/1.1 200 OK\r\n\r\n{"value":1}', then=CLOSE),
        respond_raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", then=CLOSE),
        respond_raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{", then=CLOSE),
        respond_raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", then=CLOSE),
        respond_raw(b"-ERR unknown command 'GET'\r\n\r\n", then=CLOSE),
        respond({"error": "Redis is away"}, 503),
        respond(b"Bad Gateway", 502),
    ],
)
class TestFailures:
    """Failures after which another try may succeed."""

    def test_are_tried_again(self, client, server, answer):
        server.script(answer, answer, respond({"stored": True}))
        assert client.set("k", 1)
        assert len({request.line for request in server.received}) == 1 and len(server.received) == 3

    def test_are_raised_in_the_end(self, make_client, server, answer):
        server.script(answer, answer)
        with pytest.raises(CacheUnavailable) as raised:
            make_client(server.url, retries=1).get("k")
        assert raised.value.status in (None, 502, 503)

    def test_of_a_command_are_raised_at_once(self, client, server, answer):
        server.script(respond(FOUND), answer, respond({"result": "OK"}))
        client.get("k")
        with pytest.raises(CacheUnavailable):
            client.command("INCR", "n")
        assert client.command("INCR", "n") == "OK"
        assert len(server.received) == 3


def test_a_command_of_which_nothing_is_known(client, server):
    server.script(Answer(then=CLOSE))
    with pytest.raises(CacheUnavailable, match="whether the command was carried out isn't known"):
        client.command("INCR", "n")


def test_a_command_meets_no_connection_that_may_be_stale(client, server):
    server.script(respond(FOUND), respond({"result": 1}), respond(FOUND))
    client.get("k")
    assert client.command("INCR", "n") == 1
    client.get("k")
    assert server.connections_used == [0, 1, 1]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 500, 507])
def test_what_would_fail_again_is_not_tried_again(client, server, status):
    server.script(respond({"error": "no"}, status))
    with pytest.raises(CacheError, match="^no$") as raised:
        client.set("k", 1)
    assert raised.value.status == status and not isinstance(raised.value, CacheUnavailable)
    assert len(server.received) == 1


def test_that_the_server_is_unhealthy_is_an_answer(client, server):
    server.script(respond({"status": "unhealthy", "reason": "Redis is away"}, 503))
    assert client.healthcheck()["reason"] == "Redis is away"


def test_nobody_listens(make_client):
    with pytest.raises(CacheUnavailable, match="nothing listens|failed") as raised:
        make_client(f"http://127.0.0.1:{free_port()}").get("k")
    assert raised.value.status is None and "ocm serve" in raised.value.message


def test_a_server_that_comes_back(make_client):
    # A port that is taken, but where nobody listens yet.
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    client = make_client(f"http://127.0.0.1:{listener.getsockname()[1]}", retries=1000, timeout=30)
    with concurrent.futures.ThreadPoolExecutor() as threads:
        value = threads.submit(client.get, "k")
        time.sleep(0.2)
        listener.listen()
        with ScriptedServer(listener=listener) as server:
            server.script(respond(FOUND))
            assert value.result(20) == 1


def test_a_name_that_does_not_exist(make_client):
    with pytest.raises(CacheUnavailable, match="^there is no host no-such-host.invalid: check the URL$"):
        make_client("http://no-such-host.invalid", retries=0).get("k")


TRICKLE = [b" "] * 100 + [b'{"value":1}']


@pytest.mark.parametrize(
    "answer",
    [
        Answer(then=HANG),
        respond_raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", then=HANG),
        respond_raw(b"HTTP/1.1 200 OK\r\nContent-Length: 111\r\n\r\n", *TRICKLE, pause=0.1),
        respond_raw(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            *[b"%x\r\n%s\r\n" % (len(part), part) for part in TRICKLE],
            b"0\r\n\r\n",
            pause=0.1,
        ),
        respond_raw(*[b"%c" % byte for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"], pause=0.1),
        respond_raw(*[b"HTTP/1.1 100 Continue\r\n\r\n"] * 40, pause=0.1),
        respond_raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"0"] * 40, pause=0.1),
    ],
    ids=[
        "says nothing", "stops", "trickles", "trickles chunks", "trickles its head", "goes on and on",
        "trickles the size of a chunk",
    ],
)  # fmt: skip
def test_a_server_that_is_too_slow(make_client, server, answer):
    server.script(answer)
    client = make_client(server.url, timeout=0.5)
    begin = time.monotonic()
    with pytest.raises(CacheUnavailable, match="didn't answer in time"):
        client.get("k")
    assert time.monotonic() - begin < 2


def test_addresses_that_do_not_answer_share_the_time(monkeypatch):
    with socket.socket() as listener, socket.socket() as waiting:
        # Linux lets one connection more wait than it is told, and answers no further ones.
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting.connect(listener.getsockname())
        address = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", listener.getsockname())
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [address] * 5)
        begin = time.monotonic()
        client = CacheClient("http://many", timeout=0.5, retries=0)
        with pytest.raises(CacheUnavailable, match="didn't answer in time"):
            client.get("k")
        assert time.monotonic() - begin < 1.5


def test_what_comes_behind_a_response_is_not_taken_for_the_next(server):
    server.script(respond_raw(respond(FOUND).parts[0] + respond({"error": "stray"}, 400).parts[0]), respond(FOUND))
    with CacheClient(server.url) as client:
        assert client.get("k") == 1 and client.get("k") == 1


@pytest.mark.parametrize("timeout", [1e7, 1e10, float("inf")])
def test_a_time_out_that_is_longer_than_a_socket_s(make_client, server, timeout):
    server.script(respond(FOUND))
    assert make_client(server.url, timeout=timeout).get("k") == 1


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
@pytest.mark.parametrize("kind", [CacheClient, AsyncCacheClient])
def test_a_time_out_that_is_none(kind, timeout):
    with pytest.raises(ValueError, match="time-out"):
        kind("http://localhost", timeout=timeout)


def test_the_time_out_is_for_all_tries(make_client, server):
    client = make_client(f"http://127.0.0.1:{free_port()}", timeout=0.5, retries=1000)
    with pytest.raises(CacheUnavailable):
        client.get("k")


def test_after_a_time_out_the_late_answer_is_not_taken_for_another(make_client, server):
    late = respond({"key": "slow", "value": "late", "found": True}).parts[0]
    server.script(respond(FOUND), respond_raw(b"", late, pause=1.5), respond(FOUND))
    client = make_client(server.url, timeout=1, retries=0)
    assert client.get("k") == 1
    with pytest.raises(CacheUnavailable):
        client.get("slow")
    wait_until("the late answer is sent", lambda: not server.under_way)
    assert client.get("k") == 1
    assert server.connections_used == [0, 0, 1]


def test_closing(make_client, server):
    server.script(*[respond(FOUND)] * 2)
    client = make_client(server.url)
    assert client.get("k") == 1
    if isinstance(client, CacheClient):
        client.close()
        assert client.get("k") == 1
        assert server.connections_used == [0, 1]
    else:
        assert client.get("k") == 1


def test_context_managers(server):
    async def ask():
        async with AsyncCacheClient(server.url) as client:
            return await client.get("k")

    server.script(*[respond(FOUND)] * 2)
    with CacheClient(server.url) as client:
        assert client.get("k") == 1
    assert asyncio.run(ask()) == 1


def test_pages_are_fetched_as_they_are_needed(client, server):
    server.script(respond({"keys": ["a", "b"], "cursor": "1"}), respond({"keys": ["b", "c"]}))
    assert client.keys("x") == ["a", "b", "c"]
    assert [request.line.split()[1].partition("?")[2] for request in server.received] == [
        "pattern=x",
        "pattern=x&cursor=1",
    ]
    server.script(respond({"keys": ["a", "b"], "cursor": "1"}), respond({"keys": ["b", "c"]}))
    assert list(client.iter_keys()) == ["a", "b", "b", "c"]


def test_batches_that_take_several_requests(client, server):
    server.script(respond({"values": {"0": 0}}), respond({"values": {"10000": 1}}))
    assert client.batch_get(map(str, range(10_001))) == {"0": 0, "10000": 1}
    server.script(respond({"stored": True}), respond({"results": {"t": True}}))
    assert client.batch_set({"t": 1, "b": b"\xff"}) == {"b": True, "t": True}
    assert client.batch_get([]) == {} and client.batch_set({}) == {}


@pytest.mark.parametrize(
    ("ask", "body"),
    [
        (lambda client: client.batch_get(map(str, range(30_001))), {"values": {}}),
        (lambda client: client.batch_set(dict.fromkeys("abcd", b"\xff")), {"stored": True}),
        (lambda client: client.keys(), {"keys": ["a"], "cursor": "1"}),
    ],
    ids=["batch_get", "batch_set", "keys"],
)
def test_the_time_out_is_for_all_requests_of_a_call(make_client, server, ask, body):
    server.script(*[respond_raw(b"", respond(body).parts[0], pause=0.4)] * 3)
    client = make_client(server.url, timeout=1, retries=0)
    begin = time.monotonic()
    with pytest.raises(CacheUnavailable, match="didn't answer in time"):
        ask(client)
    assert time.monotonic() - begin < 1.5 and len(server.received) == 3


def test_each_page_has_the_time_of_a_call(make_client, server):
    page = respond_raw(b"", respond({"keys": ["a"], "cursor": "1"}).parts[0], pause=0.4)
    server.script(page, page, page, respond({"keys": ["b"]}))
    assert list(make_client(server.url, timeout=1, retries=0).iter_keys()) == ["a", "a", "a", "b"]


def test_an_answer_that_comes_before_all_is_sent(server):
    server.script(dataclasses.replace(respond({"error": "too much"}, 413, then=CLOSE), unread=True))
    with CacheClient(server.url) as client, pytest.raises(CacheError, match="too much"):
        client.set("k", b"x" * (20 << 20))


def test_threads_share_a_client(server):
    server.script(*[respond(FOUND)] * 400)
    with CacheClient(server.url) as client, concurrent.futures.ThreadPoolExecutor(8) as threads:
        assert list(threads.map(client.get, ["k"] * 400)) == [1] * 400
    assert server.connections <= 8


def test_more_threads_than_connections_that_are_kept(server):
    answer = respond_raw(b"", respond(FOUND).parts[0], pause=0.2)
    server.script(*[answer] * 8)
    with CacheClient(server.url, connections=2) as client, concurrent.futures.ThreadPoolExecutor(4) as threads:
        assert list(threads.map(client.get, ["k"] * 8)) == [1] * 8


async def test_calls_beyond_the_limit_wait(server):
    server.script(*[respond_raw(b"", respond(FOUND).parts[0], pause=0.01)] * 60)
    async with AsyncCacheClient(server.url, connections=3) as client:
        assert await asyncio.gather(*(client.get("k") for _ in range(60))) == [1] * 60
    assert server.connections == 3 and server.most_under_way <= 3


async def test_a_cancelled_call_leaves_nothing_behind(server):
    server.script(respond_raw(b"", respond({"value": "late"}).parts[0], pause=0.3), respond(FOUND))
    async with AsyncCacheClient(server.url, connections=1) as client:
        task = asyncio.create_task(client.get("slow"))
        while not server.received:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await client.get("k") == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no os.fork, so nobody can use the client across one")
def test_a_fork_does_not_use_its_parent_s_connections(server):
    server.script(*[respond(FOUND)] * 3)
    with CacheClient(server.url) as client:
        assert client.get("k") == 1
        child = os.fork()
        if child == 0:
            os._exit(0 if client.get("k") == 1 else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert client.get("k") == 1
    assert server.connections_used == [0, 1, 0]


def test_threads_of_a_child_do_not_share_a_connection_of_its_parent(monkeypatch, server):
    taken = []

    class Interrupted(Connections):
        """Another thread of the child comes in between when the process has been noted."""

        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            if name == "_process":
                taken.append(self._take())

    server.script(respond(FOUND))
    connections = Interrupted(Endpoint.parse(server.url, None), 2, None)
    connections.exchange(Request("GET", "/api/cache/key/k"), Attempts(5, 0))
    taken.clear()
    monkeypatch.setattr(os, "getpid", lambda: 0)
    assert connections._take() is None and taken == [None]


class TestTLS:
    """Certificates are verified, unless another context says otherwise."""

    @pytest.fixture(scope="class")
    def certificate(self, tmp_path_factory):
        directory = tmp_path_factory.mktemp("certificate")
        certificate, key = directory / "certificate.pem", directory / "key.pem"
        command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext"
        command = [*command.split(), "subjectAltName=DNS:localhost", "-out", str(certificate), "-keyout", str(key)]
        subprocess.run(command, check=True, capture_output=True)
        return certificate, key

    @pytest.fixture
    def server(self, certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        with ScriptedServer(context) as server:
            yield server

    def test_that_it_is_trusted(self, make_client, server, certificate):
        server.script(*[respond(FOUND)] * 2, respond(FOUND, then=CLOSE), respond(FOUND))
        client = make_client(server.url, ssl_context=ssl.create_default_context(cafile=certificate[0]))
        assert [client.get("k") for _ in range(4)] == [1] * 4
        assert server.connections_used == [0, 0, 0, 1]

    def test_that_a_stranger_is_not(self, make_client, server):
        with pytest.raises(CacheUnavailable, match="^no TLS connection to .*: the server's certificate isn't trusted"):
            make_client(server.url, retries=0).get("k")

    def test_that_there_is_none(self, make_client):
        def answer():
            connection, _ = listener.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        with socket.create_server(("127.0.0.1", 0)) as listener, concurrent.futures.ThreadPoolExecutor() as executor:
            executor.submit(answer)
            url = f"https://127.0.0.1:{listener.getsockname()[1]}"
            with pytest.raises(CacheUnavailable) as raised:
                make_client(url, retries=0).get("k")
        assert raised.value.message == (
            f"no TLS connection to {url}: the server doesn't speak TLS: is its URL one with http://?"
        )
