"""One connection, many requests: their order, how connections end, and what HTTP/1.1 asks of a server besides."""

import json
import signal
import threading
import time

import pytest
from rest import key_path
from servers import listens, wait_until
from wire import Closed, encoded

JSON = {"Content-Type": "application/json"}


def test_a_hundred_requests_at_once(ocm, resp):
    """Answered in order, errors among them."""
    requests, expected = [], []
    resp.hset("hash", "a", 1)
    for number in range(100):
        name = f"key{number}"
        method, target, headers, body, status = [
            ("POST", key_path(name), JSON, b'{"value":%d}' % number, 200),
            ("GET", key_path(f"key{number - 1}"), {}, None, 200),
            ("GET", key_path(f"none{number}"), {}, None, 404),
            ("POST", key_path(name), JSON, b'{"value":', 400),
            ("PATCH", key_path(name), {}, b"x" * number, 405),
            ("POST", key_path(name), {"Content-Type": "text/plain"}, b'{"value":1}', 415),
            ("GET", f"/api/nothing/{number}", {}, None, 404),
            ("HEAD", key_path(f"key{number - 7}"), {}, None, 200),
            ("GET", key_path("hash"), {}, None, 409),
            ("DELETE", key_path(f"gone{number}"), {}, None, 200),
        ][number % 10]
        requests.append(encoded(method, target, headers, body))
        expected.append((method, status, number))
    with ocm.wire() as wire:
        wire.send(b"".join(requests))
        for method, status, number in expected:
            response = wire.response(method)
            assert response.status == status, (number, response)
            if method == "HEAD":
                continue
            content = response.json
            match number % 10:
                case 0:
                    assert content == {"key": f"key{number}", "stored": True}
                case 1:
                    assert content == {"key": f"key{number - 1}", "value": number - 1, "found": True}
                case 2:
                    assert content == {"key": f"none{number}", "found": False}
                case 9:
                    assert content == {"key": f"gone{number}", "invalidated": True}
                case _:
                    assert response.error
        assert not wire.is_closed(0.05)


def test_writes_and_reads_in_order(ocm):
    with ocm.wire() as wire:
        data = b""
        for number in range(200):
            data += encoded("PUT", key_path("k"), {}, b"%d" % number) + encoded("GET", key_path("k"))
        wire.send(data)
        for number in range(200):
            assert wire.response().status == 200
            assert wire.response().json["value"] == number


def test_a_long_pipeline_is_read_while_it_is_answered(ocm):
    count = 20_000
    request = encoded("GET", key_path("missing"))
    with ocm.wire() as wire:
        sender = threading.Thread(target=lambda: wire.send(request * count))
        sender.start()
        assert all(wire.response().status == 404 for _ in range(count))
        sender.join()


class TestEnd:
    def test_connections_are_kept(self, ocm):
        with ocm.wire() as wire:
            for _ in range(20):
                response = wire.exchange("GET", "/livez")
                assert (response["connection"] or "keep-alive").lower() == "keep-alive"

    def test_connection_close(self, ocm):
        for header in ["close", "Close", "keep-alive, close", "close, te"]:
            with ocm.wire() as wire:
                response = wire.exchange("GET", "/livez", {"Connection": header})
                assert response.status == 200 and response["connection"].lower() == "close"
                assert wire.is_closed()

    def test_what_is_behind_close_is_not_done(self, ocm, resp):
        with ocm.wire() as wire:
            wire.send(encoded("GET", "/livez", {"Connection": "close"}) + encoded("PUT", key_path("k"), {}, b"1"))
            assert wire.response().status == 200 and wire.is_closed()
        assert not resp.exists("k")

    def test_http_1_0(self, ocm):
        with ocm.wire() as wire:
            wire.send(b"GET /livez HTTP/1.0\r\n\r\n")
            response = wire.response()
            assert response.status == 200 and response.json == {"status": "alive"}
            assert response["transfer-encoding"] is None and wire.is_closed()
        with ocm.wire() as wire:
            wire.send(b"GET /livez HTTP/1.0\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n")
            assert wire.response().status == 200 and wire.is_closed()
        with ocm.wire() as wire:
            wire.send(b"GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            response = wire.response()
            assert response.status == 200
            if (response["connection"] or "close").lower() == "close":
                assert wire.is_closed()
            else:
                wire.send(b"GET /livez HTTP/1.0\r\n\r\n")
                assert wire.response().status == 200 and wire.is_closed()

    def test_http_1_0_with_a_large_value(self, ocm, resp):
        resp.set("k", b"x" * 5_000_000)
        with ocm.wire() as wire:
            wire.send(
                b"GET /api/cache/key/k HTTP/1.0\r\nAccept: application/octet-stream\r\nAccept-Encoding: gzip\r\n\r\n"
            )
            response = wire.response()
            assert response["transfer-encoding"] is None and response.plain == b"x" * 5_000_000 and wire.is_closed()

    def test_a_client_that_only_reads_on(self, ocm):
        """Half a close after the request, as `nc` does it."""
        with ocm.wire() as wire:
            wire.request("GET", key_path("k"))
            wire.socket.shutdown(1)
            assert wire.response().status == 404 and wire.is_closed()

    @pytest.mark.parametrize("end", ["Connection: close", "HTTP/1.0", "half a close", "a late half", "half a request", "more behind: close"])
    def test_a_large_response_is_whole_however_late_it_is_read(self, end, ocm, resp):
        resp.set("k", b"x" * 8_000_000)
        with ocm.wire(receive_buffer=65536) as wire:
            head = b"GET /api/cache/key/k HTTP/1.%d\r\nHost: localhost\r\nAccept: application/octet-stream\r\n"
            wire.send(head % (end != "HTTP/1.0") + (b"Connection: close\r\n" if ":" in end else b"") + b"\r\n")
            if end == "half a close":
                wire.socket.shutdown(1)
            if end == "half a request":
                wire.send(b"GET /livez HT")
                wire.socket.shutdown(1)
            # Longer than a client may take to close its side.
            time.sleep(3)
            if end.startswith("more"):
                wire.send(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n" + b"x" * 3_000_000)
            if end == "a late half":
                wire.socket.shutdown(1)
            assert wire.response().body == b"x" * 8_000_000 and wire.is_closed()

    def test_an_end_within_the_next_request(self, ocm, resp):
        with ocm.wire() as wire:
            put = encoded("PUT", key_path("k"), {}, b"1")
            wire.send(put + put[:-10])
            wire.socket.shutdown(1)
            assert wire.response().json == {"key": "k", "stored": True} and wire.is_closed()
        assert resp.get("k") == b"1"

    def test_an_end_within_a_request(self, ocm, resp):
        for data in [
            b"GET /li",
            b"GET /livez HTTP/1.1\r\nHo",
            b"PUT /api/cache/key/k HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1",
        ]:
            with ocm.wire() as wire:
                wire.send(data)
                wire.socket.shutdown(1)
                try:
                    assert wire.response().status == 400
                except Closed:
                    pass
                assert wire.is_closed()
        assert not resp.exists("k")


class TestShutdown:
    def test_idle_connections_hold_nothing_up(self, start):
        server = start()
        wires = [server.wire() for _ in range(20)]
        for wire in wires[:10]:
            assert wire.exchange("GET", "/livez").status == 200
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 5
        assert all(wire.is_closed() for wire in wires)

    def test_what_is_under_way_is_finished(self, start, start_redis):
        redis = start_redis()
        server = start(upstream=redis.url)
        wires = [server.wire() for _ in range(10)]
        assert all(wire.exchange("GET", key_path("k")).status == 404 for wire in wires)
        redis.process.send_signal(signal.SIGSTOP)
        for wire in wires:
            wire.request("PUT", key_path("k"), {}, b"1")
        # What has been said to the end before it is asked to stop has reached it when this is answered.
        assert server.rest.get("/livez").status == 200
        server.process.send_signal(signal.SIGTERM)
        wait_until("nobody new is let in", lambda: not listens(server.port))
        redis.process.send_signal(signal.SIGCONT)
        for wire in wires:
            response = wire.response()
            assert response.json == {"key": "k", "stored": True} and wire.is_closed()
        server.stop()


class TestExpect:
    def test_continue(self, ocm):
        with ocm.wire() as wire:
            wire.send(encoded("PUT", key_path("k"), {"Expect": "100-continue", "Content-Length": "5"}))
            assert wire.any_response().status == 100
            wire.send(b"value")
            assert wire.any_response().json == {"key": "k", "stored": True}
            assert wire.exchange("GET", key_path("k")).json["value"] == "value"

    def test_it_is_not_case_sensitive(self, ocm):
        with ocm.wire() as wire:
            wire.send(encoded("PUT", key_path("k"), {"expect": "100-Continue", "Content-Length": "5"}))
            assert wire.any_response().status == 100
            wire.send(b"value")
            assert wire.any_response().status == 200

    def test_a_client_that_does_not_wait(self, ocm):
        with ocm.wire() as wire:
            wire.send(encoded("PUT", key_path("k"), {"Expect": "100-continue"}, b"value"))
            assert wire.response().status == 200

    def test_a_refusal_comes_instead(self, ocm):
        """A client that waits doesn't have to send what would be refused."""
        for target, headers, status in [
            (key_path("k"), {"Content-Length": "104857600"}, 413),
            ("/api/nothing", {"Content-Length": "5"}, 404),
            ("/livez", {"Content-Length": "5"}, 405),
            ("/api/cache/key/%", {"Content-Length": "5"}, 400),
        ]:
            with ocm.wire() as wire:
                wire.send(encoded("PUT", target, {"Expect": "100-continue", **headers}))
                assert wire.any_response().status == status

    def test_no_body(self, ocm):
        with ocm.wire() as wire:
            assert wire.exchange("GET", "/livez", {"Expect": "100-continue"}).status == 200
            assert wire.exchange("GET", "/livez").status == 200

    @pytest.mark.parametrize("expectation", ["something", "200-ok", "100-continue, something", "100"])
    def test_anything_else(self, expectation, ocm, resp):
        with ocm.wire() as wire:
            wire.send(encoded("PUT", key_path("k"), {"Expect": expectation, "Content-Length": "5"}))
            response = wire.any_response()
            assert response.status == 417 and response.error
        assert not resp.exists("k")

    def test_http_1_0_has_none(self, ocm):
        with ocm.wire() as wire:
            wire.send(b"PUT /api/cache/key/k HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nvalue")
            assert wire.any_response().status == 200


class TestTargets:
    def test_absolute(self, ocm):
        with ocm.wire() as wire:
            for target in [f"http://127.0.0.1:{ocm.port}/livez", "http://localhost/livez", "HTTP://LOCALHOST:80/livez"]:
                assert wire.exchange("GET", target, {"Host": target.split("/")[2]}).json == {"status": "alive"}
            assert wire.exchange("PUT", "http://localhost" + key_path("a/b c"), {}, b"1").status == 200
            assert wire.exchange("GET", key_path("a/b c")).json["value"] == 1
            assert wire.exchange("GET", "http://localhost/api/cache/keys?pattern=a").json == {"keys": ["a/b c"]}
            assert wire.exchange("GET", "http://localhost").status == 200

    def test_its_host_is_the_one_that_counts(self, ocm):
        with ocm.wire() as wire:
            response = wire.exchange("GET", "http://evil.example/api/cache/keys", {"Host": "localhost"})
            assert response.status in (400, 403)

    def test_connect(self, ocm):
        with ocm.wire() as wire:
            wire.send(b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n")
            assert wire.response().status in (400, 403, 404, 405)

    def test_a_fragment(self, ocm):
        with ocm.wire() as wire:
            assert wire.exchange("GET", "/livez#x").status in (200, 400, 404)


class TestVanishingClients:
    def vanish(self, ocm, data, count=100):
        for _ in range(count):
            wire = ocm.wire()
            wire.send(data)
            wire.vanish()

    def test_in_the_middle_of_anything(self, ocm, resp):
        ocm.rest.get("/livez")
        before = ocm.open_files()
        resp.set("large", b"x" * 1_000_000)
        self.vanish(ocm, b"")
        self.vanish(ocm, b"GET /liv")
        self.vanish(ocm, b"GET /livez HTTP/1.1\r\nHost: local")
        self.vanish(ocm, encoded("PUT", key_path("k"), {"Content-Length": "1000000"}, b"x" * 1000))
        self.vanish(ocm, encoded("PUT", key_path("k"), {"Transfer-Encoding": "chunked"}, b"ff\r\nxx"))
        self.vanish(ocm, encoded("GET", key_path("large")))
        self.vanish(ocm, encoded("GET", key_path("large")) * 20)
        self.vanish(ocm, encoded("GET", key_path("none")) * 20)
        self.vanish(ocm, encoded("PUT", key_path("written"), {}, b"1"))
        assert ocm.rest.get("/livez").status == 200
        assert resp.get("written") in (None, b"1") and not resp.exists("k")
        wait_until("all connections are gone", lambda: ocm.open_files() <= before + 2)

    def test_statistics_forget_them(self, ocm):
        self.vanish(ocm, b"GET /liv", 50)
        wait_until("one is left", lambda: ocm.rest.get("/api/cache/stats").json["clients"]["rest"] == 1)


class TestSlowReaders:
    def test_five_megabytes_little_by_little(self, ocm, resp):
        value = b"0123456789abcdef" * 320_000
        resp.set("k", value)
        with ocm.wire(receive_buffer=4096) as wire:
            wire.request("GET", key_path("k"), {"Accept": "application/octet-stream"})
            for _ in range(20):
                wire.received += wire.socket.recv(2000)
                time.sleep(0.01)
                assert ocm.rest.get("/livez").status == 200
            response = wire.response()
            assert response.status == 200 and response.body == value

    def test_what_is_not_read_is_not_kept(self, ocm, resp):
        """A client that asks for 500 MB and doesn't read is waited for, not buffered for."""
        value = b"x" * 5_000_000
        resp.set("k", value)
        ocm.rest.get(key_path("k"))
        before = ocm.resident_bytes()
        with ocm.wire(receive_buffer=4096) as wire:
            wire.send(encoded("GET", key_path("k"), {"Accept": "application/octet-stream"}) * 100)
            for _ in range(30):
                assert ocm.rest.get("/livez").status == 200
                time.sleep(0.01)
            assert ocm.resident_bytes() - before < 80 << 20
            for _ in range(2):
                assert wire.response().body == value
            assert ocm.resident_bytes() - before < 80 << 20
        assert json.loads(ocm.rest.get("/livez").body) == {"status": "alive"}
