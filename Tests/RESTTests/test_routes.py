"""What is there and what isn't, and with which methods."""

import json

import pytest
from rest import key_path

ROUTES = {
    "/api/healthcheck": ["GET"],
    "/api/cache/stats": ["GET"],
    "/api/cache/keys": ["GET"],
    key_path("k"): ["DELETE", "GET", "POST", "PUT"],
    "/api/cache/invalidate-all": ["DELETE"],
    "/api/cache/batch-get": ["POST"],
    "/api/cache/batch-set": ["POST"],
    "/api/command": ["POST"],
    "/livez": ["GET"],
    "/readyz": ["GET"],
    "/metrics": ["GET"],
    "/api/openapi.json": ["GET"],
    "/": ["GET"],
}
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "LOCK", "MKCOL", "LINK"]


def allowed(methods):
    return {*methods, "OPTIONS", *(["HEAD"] if "GET" in methods else [])}


def names(header):
    return {name.strip() for name in header.split(",")}


@pytest.mark.parametrize("target", ROUTES)
def test_methods(target, rest, resp):
    resp.set("k", 1)
    for method in set(METHODS) - allowed(ROUTES[target]):
        response = rest.request(method, target)
        assert response.status == 405 and (method == "HEAD" or response.error), method
        assert names(response["allow"]) == allowed(ROUTES[target])
    assert resp.get("k") == b"1"


@pytest.mark.parametrize("target", ROUTES)
def test_options(target, rest):
    response = rest.request("OPTIONS", target)
    assert response.status == 204 and names(response["allow"]) == allowed(ROUTES[target])
    assert not [name for name, _ in response.headers if name.lower().startswith("access-control-")]


def test_options_of_the_server(ocm):
    with ocm.wire() as wire:
        assert wire.exchange("OPTIONS", "*").status == 204
        assert wire.exchange("GET", "/livez").status == 200


@pytest.mark.parametrize(
    "target",
    [
        "/api",
        "/api/",
        "/api/cache",
        "/api/cache/",
        "/api/cache/nothing",
        "/api/cache/key",
        "/api/cache/keys/",
        "/api/cache/keys/x",
        "/api/cache/stats/",
        "/api/cache/invalidate-all/",
        "/api/cache/batch-get/x",
        "/api/command/GET/k",
        "/api/healthcheck/",
        "/API/healthcheck",
        "/api/Healthcheck",
        "//api/healthcheck",
        "/api//healthcheck",
        "/api/./healthcheck",
        "/api/cache/../healthcheck",
        "/livez/",
        "/healthz",
        "/index.html",
        "/favicon.ico",
        "/robots.txt",
        "/../etc/passwd",
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/etc/passwd",
        "/proc/self/environ",
        "/%00",
        "/%FF",
        "/x" * 500,
    ],
)
def test_unknown(target, rest):
    for method in ["GET", "POST", "DELETE"]:
        response = rest.request(
            method, target, b"{}" if method == "POST" else None, {"Content-Type": "application/json"}
        )
        assert response.status == 404 and response.error, method
        assert b"root:" not in response.body and response["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    ["../../../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd", "..%5C..%5Cboot.ini", "file:///etc/passwd"],
)
def test_paths_of_files_are_keys_like_any_other(path, rest, resp):
    response = rest.get("/api/cache/key/" + path)
    assert response.status == 404 and response.json["found"] is False
    assert rest.put("/api/cache/key/" + path, b"value").status == 200
    assert rest.get("/api/cache/key/" + path).json["value"] == "value" and resp.dbsize() == 1


def test_malformed_percent_encodings(rest):
    for target in ["/%", "/api/%zz", "/livez%", "/api/cache/keys%4", "/%E3%8"]:
        response = rest.get(target)
        assert response.status == 400 and response.error, target


def test_percent_encoded_routes_are_the_same(rest):
    assert rest.get("/%6Civez").status == 200
    assert rest.get("/api/cache/%6Beys").json == {"keys": []}


def test_a_query_that_nobody_asked_for(rest):
    for target in ["/livez", "/readyz", "/", "/metrics", "/api/openapi.json"]:
        assert rest.get(target + "?").status == 200 and rest.get(target + "?a=b&c&=&%20=%20").status == 200


@pytest.mark.parametrize(
    "method, target, name, choice",
    [
        ("DELETE", "/api/cache/invalidate-all?Scope=local", "Scope", "there is only scope"),
        ("DELETE", "/api/cache/invalidate-all?scope=local&dry_run", "dry_run", "there is only scope"),
        ("DELETE", "/api/cache/invalidate-all?%53cope=local", "Scope", "there is only scope"),
        ("DELETE", "/api/cache/invalidate-all?=", "", "there is only scope"),
        ("PUT", key_path("k") + "?TTL=60", "TTL", "there is only ttl"),
        ("PUT", key_path("k") + "?ttl=60&nx=1", "nx", "there is only ttl"),
        ("PUT", key_path("k") + "?ttl%20=60", "ttl ", "there is only ttl"),
        ("POST", key_path("k") + "?ttl=60", "ttl", "POST takes none here, all that it takes is in the body"),
        ("GET", key_path("k") + "?ttl=60", "ttl", "GET takes none here"),
        ("GET", key_path("a") + "?b", "b", "GET takes none here"),
        ("DELETE", key_path("k") + "?scope=local", "scope", "DELETE takes none here"),
        ("GET", "/api/cache/keys?prefix=user:", "prefix", "there are pattern, cursor and limit"),
        ("GET", "/api/cache/keys?pattern=k&%FF", "\ufffd", "there are pattern, cursor and limit"),
        ("GET", "/api/cache/stats?a=b", "a", "GET takes none here"),
        ("GET", "/api/healthcheck?a=b", "a", "GET takes none here"),
        ("POST", "/api/cache/batch-set?ttl=60", "ttl", "POST takes none here, all that it takes is in the body"),
        ("POST", "/api/cache/batch-get?keys=k", "keys", "POST takes none here, all that it takes is in the body"),
        ("POST", "/api/command?raw=1", "raw", "POST takes none here, all that it takes is in the body"),
    ],
)
def test_a_parameter_that_there_is_not(method, target, name, choice, rest, resp):
    """Who misspells one must not have done what it was to prevent."""
    resp.set("k", "before")
    body = {"PUT": b"1", "POST": b"{}"}.get(method)
    response = rest.request(method, target, body, {"Content-Type": "application/json"})
    assert response.status == 400 and response.error == f"unknown parameter '{name}': {choice}"
    assert resp.get("k") == b"before" and resp.ttl("k") == -1 and resp.dbsize() == 1
    assert rest.head(target).status == 400 or method != "GET"
    assert rest.request("OPTIONS", target).status == 204


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'-alert(1)-'", "</title>", "{{7*7}}", "\r\nX: y"],
)
def test_nothing_is_reflected_but_as_json(text, rest):
    """An error may name what was asked for, but only as a string in JSON that no browser takes for a page."""
    for response in [
        rest.get("/api/" + key_path(text).rsplit("/", 1)[1]),
        rest.get(key_path(text)),
        rest.get("/api/cache/keys?limit=" + key_path(text).rsplit("/", 1)[1]),
        rest.delete("/api/cache/invalidate-all?scope=" + key_path(text).rsplit("/", 1)[1]),
        rest.command(text, text),
        rest.post(key_path("k"), json.dumps({text: 1}).encode()),
    ]:
        assert response.status in (400, 404)
        assert isinstance(response.json, dict) and response["x-content-type-options"] == "nosniff"
        assert "x" not in {name.lower() for name, _ in response.headers}


def test_liveness_and_readiness(rest):
    assert rest.get("/livez").json == {"status": "alive"}
    assert rest.get("/readyz").json == {"status": "ready"}


def test_the_dashboard(rest):
    page = rest.get("/")
    assert page.status == 200 and page["content-type"].lower() == "text/html; charset=utf-8"
    assert page.body.lower().startswith(b"<!doctype html>")
    assert page["x-content-type-options"] == "nosniff" and page["referrer-policy"] == "no-referrer"
    policy = page["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert page["x-frame-options"] in (None, "DENY")


def test_metrics(rest):
    for accept in ["*/*", "text/plain", "text/plain;version=0.0.4", None]:
        response = rest.request("GET", "/metrics", headers={"Accept": accept} if accept else {})
        assert response.status == 200 and response["content-type"].startswith("text/plain; version=0.0.4")
        assert b"# TYPE " in response.body and not response.body.endswith(b"# EOF\n")
    of_prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"
    for accept in [of_prometheus, "application/openmetrics-text"]:
        response = rest.get("/metrics", Accept=accept)
        assert response["content-type"].startswith("application/openmetrics-text")
        assert response.body.endswith(b"# EOF\n")
