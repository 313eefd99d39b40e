"""Requests that are too large: what is refused, and that refusing it costs nothing."""

import select

import pytest
import redis
from programs import wait_until
from rest import key_path
from wire import Closed, Wire, encoded

MEGABYTE = 1 << 20
JSON = {"Content-Type": "application/json"}


def send_until_answered(wire, chunks):
    """As a careful client does: stops when an answer comes before all is sent. Tells how much was sent."""
    sent = 0
    for chunk in chunks:
        if select.select([wire.socket], [], [], 0)[0]:
            break
        try:
            wire.send(chunk)
        except (BrokenPipeError, ConnectionResetError):
            break
        sent += len(chunk)
    return sent


def declared(size):
    piece = b"x" * 65536
    return [piece] * (size // len(piece))


def chunked(size):
    piece = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    return [piece] * (size // 65536) + [b"0\r\n\r\n"]


class TestBodies:
    @pytest.mark.parametrize(
        "method, target", [("PUT", key_path("k")), ("POST", key_path("k")), ("POST", "/api/command")]
    )
    def test_declared(self, method, target, ocm, resp):
        before = ocm.resident_bytes()
        for _ in range(3):
            with ocm.wire() as wire:
                wire.send(encoded(method, target, {**JSON, "Content-Length": str(100 * MEGABYTE)}))
                sent = send_until_answered(wire, declared(100 * MEGABYTE))
                response = wire.response()
                assert response.status == 413 and response.error and sent < 100 * MEGABYTE
                assert response["connection"].lower() == "close"
        assert ocm.resident_bytes() - before < 64 * MEGABYTE and resp.dbsize() == 0
        assert ocm.rest.get("/livez").status == 200

    @pytest.mark.parametrize(
        "method, target", [("PUT", key_path("k")), ("POST", key_path("k")), ("POST", "/api/command")]
    )
    def test_chunked(self, method, target, ocm, resp):
        before = ocm.resident_bytes()
        for _ in range(3):
            with ocm.wire() as wire:
                wire.send(encoded(method, target, {**JSON, "Transfer-Encoding": "chunked"}))
                sent = send_until_answered(wire, chunked(100 * MEGABYTE))
                response = wire.response()
                assert response.status == 413 and response.error and sent < 100 * MEGABYTE
        assert ocm.resident_bytes() - before < 64 * MEGABYTE and resp.dbsize() == 0

    def test_a_client_that_listens_only_when_it_has_sent_all(self, ocm):
        before = ocm.resident_bytes()
        for body, headers in [
            (declared(100 * MEGABYTE), {"Content-Length": str(100 * MEGABYTE)}),
            (chunked(100 * MEGABYTE), {"Transfer-Encoding": "chunked"}),
        ]:
            with ocm.wire() as wire:
                try:
                    wire.send(encoded("PUT", key_path("k"), headers))
                    for piece in body:
                        wire.send(piece)
                    assert wire.response().status == 413
                except (Closed, BrokenPipeError, ConnectionResetError):
                    # It has gone on for longer than the server cares to listen.
                    pass
        assert ocm.resident_bytes() - before < 64 * MEGABYTE
        assert ocm.rest.get("/livez").status == 200

    def test_where_no_body_is_taken(self, ocm):
        """Its size doesn't matter, as it is never kept."""
        before = ocm.resident_bytes()
        for method, target in [("GET", "/livez"), ("DELETE", key_path("k")), ("POST", "/api/nothing")]:
            with ocm.wire() as wire:
                wire.send(encoded(method, target, {"Content-Length": str(100 * MEGABYTE)}))
                send_until_answered(wire, declared(100 * MEGABYTE))
                assert wire.response().status in (200, 404, 413)
        assert ocm.resident_bytes() - before < 64 * MEGABYTE

    def test_the_limit(self, ocm, resp):
        """16 MiB, to the byte."""
        body = b"x" * (16 * MEGABYTE)
        assert ocm.rest.put(key_path("k"), body).status == 200
        assert resp.strlen("k") == len(body)
        assert ocm.rest.put(key_path("l"), body + b"x").status == 413
        with ocm.wire() as wire:
            wire.send(encoded("PUT", key_path("k"), {"Transfer-Encoding": "chunked"}))
            wire.send(b"1000000\r\n" + body + b"\r\n0\r\n\r\n")
            assert wire.response().status == 200
        assert not resp.exists("l")

    def test_another_limit(self, start):
        server = start("--max-body-size", "1kb")
        assert server.rest.put(key_path("k"), b"x" * 1024).status == 200
        assert server.rest.put(key_path("k"), b"x" * 1025).status == 413
        assert server.rest.post(key_path("k"), {"value": "x" * 1000}).status == 200
        assert server.rest.post(key_path("k"), {"value": "x" * 1024}).status == 413

    def test_memory_comes_as_the_body_does(self, ocm):
        """A length alone costs nothing."""
        before = ocm.resident_bytes()
        wires = [ocm.wire() for _ in range(100)]
        for wire in wires:
            wire.send(encoded("PUT", key_path("k"), {"Content-Length": str(16 * MEGABYTE)}, b"x"))
        assert ocm.rest.get("/livez").status == 200
        assert ocm.resident_bytes() - before < 64 * MEGABYTE
        for wire in wires:
            wire.close()


class TestHeads:
    @pytest.mark.parametrize(
        "headers",
        [
            [("X-Large", "x" * 1_000_000)],
            [("X-Large", "x" * 100_000)],
            [("X" * 100_000, "x")],
            [(f"X-{number}", "x") for number in range(10_000)],
            [("X", "")] * 10_000,
            [("Cookie", "x" * 8000)] * 50,
        ],
        ids=["a value of 1 MB", "a value of 100 KB", "a name of 100 KB", "10,000 names", "10,000 times", "50 cookies"],
    )
    def test_too_large(self, headers, ocm):
        before = ocm.resident_bytes()
        for method, body in [("GET", None), ("PUT", b"x")]:
            with ocm.wire() as wire:
                send_until_answered(wire, pieces(encoded(method, key_path("k"), headers, body)))
                response = wire.response()
                assert response.status == 431 and response.error
                assert response["connection"].lower() == "close" and wire.is_closed()
        assert ocm.resident_bytes() - before < 32 * MEGABYTE
        assert ocm.rest.get("/livez").status == 200

    def test_a_head_that_never_ends(self, ocm):
        before = ocm.resident_bytes()
        for start, piece in [
            (b"GET /livez HTTP/1.1\r\nHost: localhost\r\n", b"X-Header: value\r\n" * 1000),
            (b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX: ", b"x" * 16_000),
            (b"GET /", b"x" * 16_000),
            (b"", b"G" * 16_000),
        ]:
            with ocm.wire() as wire:
                sent = send_until_answered(wire, [start] + [piece] * 1000)
                try:
                    assert wire.response().status in (400, 414, 431)
                except Closed:
                    pass
                assert sent < 16_000_000, (start, piece[:20])
        assert ocm.resident_bytes() - before < 32 * MEGABYTE

    def test_a_long_target(self, ocm):
        with ocm.wire() as wire:
            send_until_answered(wire, pieces(encoded("GET", "/api/cache/key/" + "x" * 1_000_000)))
            response = wire.response()
            assert response.status in (414, 431) and response.error

    def test_trailers(self, ocm):
        before = ocm.resident_bytes()
        trailers = [b"0\r\n"] + [b"X-Trailer: value\r\n" * 1000] * 1000
        with ocm.wire() as wire:
            wire.send(encoded("PUT", key_path("k"), {"Transfer-Encoding": "chunked"}))
            sent = send_until_answered(wire, trailers)
            try:
                assert wire.response().status in (400, 413, 431)
            except Closed:
                pass
            assert sent < 16_000_000
        assert ocm.resident_bytes() - before < 32 * MEGABYTE

    def test_chunk_extensions(self, ocm):
        before = ocm.resident_bytes()
        with ocm.wire(timeout=3) as wire:
            wire.send(encoded("PUT", key_path("k"), {"Transfer-Encoding": "chunked"}, b"1;a="))
            sent = send_until_answered(wire, [b"x" * 16_000] * 1000)
            try:
                assert wire.response().status in (400, 413, 431)
            except Closed:
                pass
            assert sent < 16_000_000
        assert ocm.resident_bytes() - before < 32 * MEGABYTE

    def test_what_browsers_send_is_fine(self, ocm):
        headers = [("Cookie", "session=" + "x" * 4000), ("User-Agent", "Mozilla/5.0 " + "x" * 500)]
        headers += [(f"Sec-Something-{number}", "value") for number in range(40)]
        with ocm.wire() as wire:
            assert wire.exchange("GET", "/livez", headers).status == 200


def pieces(data):
    return [data[position : position + 16_000] for position in range(0, len(data), 16_000)]


def test_as_many_clients_as_allowed(start):
    server = start("--maxclients", "50")
    wires = [Wire(server.port) for _ in range(70)]
    served = 0
    for wire in wires:
        try:
            served += wire.exchange("GET", "/api/cache/stats").status == 200
        except (Closed, BrokenPipeError, ConnectionResetError):
            pass
    assert 40 <= served <= 50
    for wire in wires:
        wire.close()


@pytest.mark.parametrize("kind", ["embedded", "proxy"])
def test_probes_are_answered_when_there_are_too_many_clients(start, redis_server, kind):
    server = start("--maxclients", "3", upstream=redis_server.url if kind == "proxy" else None)
    clients = [server.resp() for _ in range(3)]
    for client in clients:
        assert client.ping()
    # Whoever connects and asks for nothing takes nobody's place for long.
    silent = [Wire(server.port) for _ in range(40)]
    wait_until("there is a place", lambda: ask(server, "/livez") == 200)
    for _ in range(50):
        for path in ("/livez", "/readyz", "/api/healthcheck", "/metrics"):
            assert ask(server, path) == 200
    for path in ("/api/cache/stats", "/", "/nowhere"):
        assert ask(server, path) == 503
    with pytest.raises(redis.ConnectionError, match="max number of clients reached"):
        server.resp().ping()
    for wire in silent:
        assert wire.response().status == 503
        wire.close()
    # A probe's connection ends with its answer.
    with server.wire() as wire:
        assert wire.exchange("GET", "/livez")["connection"] == "close"
        with pytest.raises(Closed):
            wire.exchange("GET", "/livez")
    clients.pop().close()
    wait_until("there is room again", lambda: ask(server, "/api/cache/stats") == 200)


def ask(server, path):
    try:
        with server.wire() as wire:
            return wire.exchange("GET", path).status
    except (Closed, BrokenPipeError, ConnectionResetError):
        return None
