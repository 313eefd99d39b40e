"""Which machines, names and web pages may ask: addresses, Host (DNS rebinding), CORS."""

import subprocess

import pytest
from programs import free_port
from rest import key_path
from servers import BINARY, listens
from wire import Wire

K = key_path("k")


def with_host(server, host, target=K, **headers):
    with server.wire() as wire:
        return wire.exchange("GET", target, {"Host": host, **headers})


class TestAddress:
    """127.0.0.2 stands for another machine: who listens on 127.0.0.1 alone isn't there."""

    def test_it_is_loopback_without_a_token(self, start):
        server = start("--host", "0.0.0.0")
        assert listens(server.resp_port, "127.0.0.2") and listens(server.port, "127.0.0.1")
        assert not listens(server.port, "127.0.0.2")

    def test_it_is_that_of_redis_clients_with_a_token(self, start):
        server = start("--host", "0.0.0.0", "--rest-token", "token")
        assert listens(server.port, "127.0.0.2")
        with Wire(server.port, "127.0.0.2") as wire:
            assert wire.exchange("GET", K).status == 401
            assert wire.exchange("GET", K, {"Authorization": "Bearer token"}).status == 404

    def test_it_is_what_is_asked_for(self, start):
        server = start("--rest-host", "0.0.0.0", "--rest-token", "token")
        assert listens(server.port, "127.0.0.2") and not listens(server.resp_port, "127.0.0.2")
        server = start("--host", "0.0.0.0", "--rest-host", "127.0.0.1", "--rest-token", "token")
        assert not listens(server.port, "127.0.0.2")


class TestHost:
    @pytest.mark.parametrize(
        "host",
        "127.0.0.1 127.0.0.1:{port} localhost localhost:{port} LOCALHOST LocalHost:80 [::1] [::1]:{port} 10.1.2.3 "
        "192.168.1.1:8000 [2001:db8::1]:80 ocm ocm:8000 my-host my_host".split(),
    )
    def test_names_of_this_machine(self, host, ocm):
        assert with_host(ocm, host.format(port=ocm.port)).status == 404

    @pytest.mark.parametrize(
        "host",
        "evil.example evil.example:{port} EVIL.EXAMPLE a.b localhost.evil.example 127.0.0.1.evil.example "
        "localhost.localdomain 127.0.0.1.nip.io:80 xn--e1afmkfd.example".split(),
    )
    def test_names_that_anybody_can_point_here(self, host, ocm):
        for target in [K, "/", "/api/healthcheck", "/livez", "/api/cache/stats", "/api/openapi.json", "/metrics"]:
            response = with_host(ocm, host.format(port=ocm.port), target)
            assert response.status == 403 and response.error, target

    def test_it_does_not_matter_with_a_token(self, start):
        server = start("--rest-token", "token")
        assert with_host(server, "cache.example").status == 401
        assert with_host(server, "cache.example", Authorization="Bearer token").status == 404
        assert with_host(server, "cache.example", "/livez").status == 200


def cors(response):
    return {name.lower(): value for name, value in response.headers if name.lower().startswith("access-control-")}


def preflight(server, origin, method="PUT", target=K):
    with server.wire() as wire:
        headers = {
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization,content-type",
        }
        return wire.exchange("OPTIONS", target, headers)


def asked_from(server, origin, method="GET", target=K, body=None, **headers):
    with server.wire() as wire:
        return wire.exchange(method, target, {"Origin": origin, **headers}, body)


class TestCrossOrigin:
    ORIGIN = "https://app.example"

    def test_it_is_off(self, ocm):
        for origin in [self.ORIGIN, "null", f"http://127.0.0.1:{ocm.port}"]:
            assert cors(asked_from(ocm, origin)) == {} and cors(preflight(ocm, origin)) == {}

    def check_allowed(self, server, origin, allowed):
        for method, body in [("GET", None), ("PUT", b"1"), ("DELETE", None), ("PATCH", None)]:
            response = asked_from(server, origin, method, K, body)
            assert cors(response)["access-control-allow-origin"] == allowed
            assert "access-control-allow-credentials" not in cors(response)
            if allowed != "*":
                assert "origin" in [name.strip().lower() for name in response["vary"].split(",")]
        response = preflight(server, origin)
        assert response.status == 204 and response.body == b""
        answer = cors(response)
        assert answer["access-control-allow-origin"] == allowed
        methods = {name.strip() for name in answer["access-control-allow-methods"].split(",")}
        assert methods >= {"GET", "POST", "PUT", "DELETE"}
        headers = {name.strip().lower() for name in answer["access-control-allow-headers"].split(",")}
        assert headers >= {"authorization", "content-type"}
        if "access-control-max-age" in answer:
            assert answer["access-control-max-age"].isdigit()

    def test_one_origin(self, start):
        server = start("--cors-origin", self.ORIGIN)
        self.check_allowed(server, self.ORIGIN, self.ORIGIN)
        for origin in [
            "https://evil.example",
            "http://app.example",
            "https://app.example:8443",
            "https://app.example.evil.example",
            "https://xapp.example",
            "https://app.exampl",
            "https://sub.app.example",
            "null",
            "",
            "*",
        ]:
            response = asked_from(server, origin)
            assert "access-control-allow-origin" not in cors(response), origin
            # A cache must not give this answer to the origin that is allowed.
            assert "origin" in (response["vary"] or "").lower()
            assert "access-control-allow-origin" not in cors(preflight(server, origin))

    def test_several(self, start):
        server = start("--cors-origin", f"{self.ORIGIN},http://localhost:3000")
        for origin in [self.ORIGIN, "http://localhost:3000"]:
            self.check_allowed(server, origin, origin)
        assert cors(asked_from(server, "http://localhost:3001")) == {}

    @pytest.mark.parametrize(
        "origins", ["http://a/", "https://app.example/path", "app.example", "HTTP://a", "http://A", "http://", "*,a"]
    )
    def test_what_no_browser_sends(self, origins):
        command = [BINARY, "serve", "--port", free_port(), "--redis-port", 0, "--cors-origin", origins]
        result = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=5)
        assert result.returncode == 1 and f"--cors-origin '{origins}': an origin is written like" in result.stderr

    def test_any(self, start):
        server = start("--cors-origin", "*")
        self.check_allowed(server, self.ORIGIN, "*")
        self.check_allowed(server, "null", "*")

    def test_what_a_page_may_read(self, start):
        server = start("--cors-origin", self.ORIGIN)
        server.rest.set("k", 1)
        exposed = cors(asked_from(server, self.ORIGIN))["access-control-expose-headers"].lower()
        assert "etag" in exposed and "x-cache" in exposed

    def test_preflights_carry_no_token(self, start):
        server = start("--cors-origin", self.ORIGIN, "--rest-token", "token")
        assert preflight(server, self.ORIGIN).status == 204
        response = asked_from(server, self.ORIGIN)
        # The page must be able to read that it is the token that is missing.
        assert response.status == 401 and cors(response)["access-control-allow-origin"] == self.ORIGIN
        response = asked_from(server, self.ORIGIN, Authorization="Bearer token")
        assert response.status == 404 and cors(response)["access-control-allow-origin"] == self.ORIGIN

    def test_a_form_of_another_site_does_nothing(self, ocm, resp):
        """What a browser sends without asking first: forms, and text."""
        for kind in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", None]:
            headers = {"Content-Type": kind} if kind else {}
            for target, body in [
                (K, b'{"value":1}'),
                ("/api/command", b'["SET","k","1"]'),
                ("/api/cache/batch-set", b'{"items":{"k":1}}'),
            ]:
                assert asked_from(ocm, "https://evil.example", "POST", target, body, **headers).status == 415
        assert not resp.exists("k")
