"""What HTTP adds to a value: entity tags, conditions, compression, and what may be said of the cache."""

import json
import re

import pytest
from rest import key_path
from wire import encoded

K = key_path("k")
JSON, RAW = "application/json", "application/octet-stream"
LARGE = {"text": "all work and no play " * 500}


class TestEntityTags:
    def test_it_is_strong_and_changes_with_the_value(self, rest, resp):
        tags = set()
        for value in [b"1", b"2", b"12", b"", b" ", b"1 ", b"\xff", b"x" * 5000, b"x" * 4999 + b"y"]:
            resp.set("k", value)
            for accept in [JSON, RAW]:
                tag = rest.get(K, Accept=accept)["etag"]
                assert re.fullmatch(r'"[\x21\x23-\x7e]+"', tag)
                assert tag == rest.get(K, Accept=accept)["etag"] == rest.head(K, Accept=accept)["etag"]
            tags.add(tag)
        assert len(tags) == 9

    def test_it_is_the_same_wherever_the_value_comes_from(self, rest, resp):
        rest.set("k", {"a": 1})
        tag = rest.get(K)["etag"]
        resp.set("k", json.dumps({"a": 1}), ex=100)
        assert rest.get(K)["etag"] == tag

    def test_representations_differ(self, rest):
        """A strong tag stands for the same bytes."""
        rest.set("k", LARGE)
        tags = [
            rest.get(K, Accept=accept, Accept_Encoding=coding)["etag"]
            for accept in [JSON, RAW]
            for coding in ["identity", "gzip", "deflate"]
        ]
        assert len(set(tags)) == len(tags)

    @pytest.mark.parametrize(
        "condition", ["{}", "W/{}", '"other", {}', '{} , "other"', '"a","b",W/{},"c"', "*", ' "x",  {}']
    )
    @pytest.mark.parametrize("accept", [JSON, RAW])
    def test_not_modified(self, condition, accept, rest, resp):
        resp.set("k", "value", ex=100)
        tag = rest.get(K, Accept=accept)["etag"]
        for _ in range(2):
            for method in ["GET", "HEAD"]:
                headers = {"If-None-Match": condition.format(tag), "Accept": accept}
                response = rest.request(method, K, headers=headers)
                assert response.status == 304 and response.body == b"", response
                assert response["etag"] == tag and response["cache-control"].startswith("max-age=")
                assert response["content-length"] in (None, "0") or method == "HEAD"
        resp.set("k", "other value")
        response = rest.get(K, Accept=accept, If_None_Match=condition.format(tag))
        assert response.status == (304 if condition == "*" else 200)

    @pytest.mark.parametrize("condition", ['""', '"other"', 'W/"other"', "other", "", ",", '"', "W/", '"{}"', "{}x"])
    def test_modified(self, condition, rest):
        rest.set("k", "value")
        tag = rest.get(K)["etag"]
        response = rest.get(K, If_None_Match=condition.format(tag))
        assert response.status == 200 and response.json["value"] == "value"

    def test_a_missing_key_is_missing_whatever_the_condition(self, rest):
        for condition in ["*", '"x"']:
            assert rest.get(K, If_None_Match=condition).status == 404

    def test_with_compression(self, rest):
        rest.set("k", LARGE)
        tag = rest.get(K, Accept_Encoding="gzip")["etag"]
        response = rest.get(K, Accept_Encoding="gzip", If_None_Match=tag)
        assert response.status == 304 and response["etag"] == tag

    def test_the_other_kind(self, rest):
        rest.set("k", LARGE)
        assert rest.get(K, Accept=JSON, If_None_Match=rest.get(K, Accept=RAW)["etag"]).status == 200
        assert rest.get(K, Accept=RAW, If_None_Match=rest.get(K, Accept=JSON)["etag"]).status == 200


class TestConditionsOnChanges:
    """Nobody could see to them and make the change in one step, so they aren't passed over in silence."""

    @pytest.mark.parametrize(
        "name, value",
        [
            ("If-Match", "*"),
            ("If-Match", '"x"'),
            ("if-match", "{tag}"),
            ("If-None-Match", "*"),
            ("If-None-Match", '"x"'),
            ("If-Unmodified-Since", "Sat, 29 Oct 1994 19:43:31 GMT"),
        ],
    )
    @pytest.mark.parametrize("body_comes_first", [True, False])
    def test_refused(self, name, value, body_comes_first, rest, resp):
        resp.set("k", "before")
        headers = {name: value.format(tag=rest.get(K)["etag"]), "Content-Type": JSON}
        if not body_comes_first:
            headers["Expect"] = "100-continue"
        for method, target, body in [
            ("PUT", K, b"1"),
            ("POST", K, b'{"value":1}'),
            ("DELETE", K, None),
            ("PUT", key_path("new"), b"1"),
            ("DELETE", "/api/cache/invalidate-all", None),
            ("POST", "/api/cache/batch-set", b'{"items":{"k":1}}'),
            ("POST", "/api/command", b'["SET","k","1"]'),
        ]:
            response = rest.request(method, target, body, headers)
            assert response.status == 501 and response.error.startswith(f"{method} can't depend on If-")
        assert resp.get("k") == b"before" and resp.dbsize() == 1

    def test_other_reasons_come_first(self, rest):
        """RFC 9110, 13.2.1"""
        condition = {"If-Match": '"x"'}
        assert rest.request("PUT", "/api/nothing", b"1", condition).status == 404
        assert rest.request("PATCH", K, b"1", condition).status == 405
        assert rest.request("POST", K, b"1", condition).status == 415
        assert rest.request("OPTIONS", K, None, condition).status == 204


def test_a_part_of_a_value_is_not_taken_for_the_whole(rest, resp):
    """RFC 9110, 14.5"""
    resp.set("k", "0123456789")
    response = rest.request("PUT", K, b"6789", {"Content-Range": "bytes 6-9/10"})
    assert response.status == 400 and "Content-Range" in response.error
    assert resp.get("k") == b"0123456789"


class TestCompression:
    @pytest.mark.parametrize(
        "accepted, coding",
        [
            ("gzip", "gzip"),
            ("GZIP", "gzip"),
            ("x-gzip", "gzip"),
            ("deflate", "deflate"),
            ("gzip, deflate", "gzip"),
            ("gzip, deflate, br", "gzip"),
            ("br, gzip", "gzip"),
            ("gzip;q=1.0", "gzip"),
            ("gzip ; q=0.5", "gzip"),
            ("deflate;q=0.9, gzip;q=0.1", "deflate"),
            ("gzip;q=0, deflate", "deflate"),
            ("gzip;q=0.001", "gzip"),
            ("identity;q=0.5, gzip;q=1", "gzip"),
            ("br;q=1, identity;q=0.1, deflate;q=0.5", "deflate"),
            ("gzip;q=0", None),
            ("gzip;q=0.000", None),
            ("gzip;q=0, deflate;q=0", None),
            ("*;q=0, identity;q=1", None),
            ("identity", None),
            ("br", None),
            ("br, zstd", None),
            ("gzipx", None),
            ("xgzip", None),
            ("", None),
            (None, None),
        ],
    )
    @pytest.mark.parametrize("accept", [JSON, RAW])
    def test_negotiation(self, accepted, coding, accept, rest, resp):
        rest.set("k", LARGE)
        headers = {"Accept": accept} | ({} if accepted is None else {"Accept-Encoding": accepted})
        response = rest.request("GET", K, headers=headers)
        assert response.status == 200 and response["content-encoding"] == coding
        stored = json.dumps(LARGE).encode()
        assert resp.get("k") == stored
        if accept == RAW:
            assert response.plain == stored
        else:
            assert json.loads(response.plain) == {"key": "k", "value": LARGE, "found": True}
        if coding:
            assert len(response.body) < len(stored) / 10

    @pytest.mark.parametrize("accept", [JSON, RAW])
    @pytest.mark.parametrize("coding", ["gzip", "deflate"])
    def test_head_tells_what_get_would(self, accept, coding, rest):
        rest.set("k", LARGE)
        get, head = [
            rest.request(method, K, headers={"Accept": accept, "Accept-Encoding": coding}) for method in ["GET", "HEAD"]
        ]
        assert head["content-encoding"] == get["content-encoding"] == coding and head["etag"] == get["etag"]
        assert head["content-length"] in (None, get["content-length"])

    def test_small_bodies_stay_as_they_are(self, rest, resp):
        for length, coding in [(0, None), (100, None), (1023, None), (1024, "gzip"), (1025, "gzip"), (100_000, "gzip")]:
            resp.set("k", b"x" * length)
            response = rest.get(K, Accept=RAW, Accept_Encoding="gzip")
            assert response["content-encoding"] == coding and response.plain == b"x" * length

    def test_bytes_that_cannot_be_compressed(self, rest, resp):
        data = bytes(range(256)) * 4 + b"".join(bytes([number * number % 251]) for number in range(100_000))
        resp.set("k", data)
        for coding in ["gzip", "deflate"]:
            assert rest.get(K, Accept=RAW, Accept_Encoding=coding).plain == data

    def test_large(self, rest, resp):
        data = b"0123456789abcdef" * 300_000
        resp.set("k", data)
        for coding in ["gzip", "deflate"]:
            response = rest.get(K, Accept=RAW, Accept_Encoding=coding)
            assert response["content-encoding"] == coding and response.plain == data

    def test_other_routes(self, rest):
        items = {f"key:{number}": "some text" for number in range(500)}
        rest.post("/api/cache/batch-set", {"items": items})
        keys = rest.get("/api/cache/keys", Accept_Encoding="gzip")
        assert sorted(json.loads(keys.plain)["keys"]) == sorted(items)
        headers = {"Content-Type": JSON, "Accept-Encoding": "gzip"}
        batch = rest.request("POST", "/api/cache/batch-get", json.dumps({"keys": list(items)}).encode(), headers)
        assert json.loads(batch.plain) == {"values": items, "missing": []}
        stats = rest.get("/api/cache/stats", Accept_Encoding="gzip")
        assert "hit_rate" in json.loads(stats.plain)

    def test_an_error_can_be_read(self, rest):
        assert rest.get("/api/nothing", Accept_Encoding="gzip").error


class TestAccept:
    @pytest.mark.parametrize(
        "accept",
        [
            None,
            "",
            "*/*",
            "application/json",
            "application/*",
            "text/html",
            "image/png",
            "nonsense",
            "application/json, text/plain, */*",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "application/octet-streams",
            "application/octet-stream;q=0",
            "application/json, application/octet-stream;q=0.5",
        ],
    )
    def test_json(self, accept, rest):
        rest.set("k", "value")
        response = rest.request("GET", K, headers={} if accept is None else {"Accept": accept})
        assert response.status == 200 and response.json == {"key": "k", "value": "value", "found": True}

    @pytest.mark.parametrize(
        "accept",
        [
            "application/octet-stream",
            "Application/Octet-Stream",
            "application/octet-stream;q=0.9, text/plain;q=0.1",
            "application/octet-stream, application/json;q=0.5",
        ],
    )
    def test_raw(self, accept, rest):
        rest.set("k", "value")
        response = rest.get(K, Accept=accept)
        assert response.status == 200 and response["content-type"] == RAW and response.body == b"value"
        assert rest.get(key_path("missing"), Accept=accept).json == {"key": "missing", "found": False}


class TestHeaders:
    def test_of_a_value(self, rest, resp):
        rest.set("k", LARGE)
        for accept in [JSON, RAW]:
            for coding in ["gzip", "identity"]:
                response = rest.get(K, Accept=accept, Accept_Encoding=coding)
                assert {name.strip().lower() for name in response["vary"].split(",")} >= {"accept", "accept-encoding"}
                assert response["x-content-type-options"] == "nosniff"
                assert response["x-cache"] in ("HIT", "MISS", "COALESCED", "BYPASS")

    @pytest.mark.parametrize("coding", ["gzip", "identity", None])
    @pytest.mark.parametrize("target", ["/", "/api/openapi.json", "/api/cache/stats", "/api/cache/keys", "/metrics"])
    def test_what_may_be_compressed_says_so(self, target, coding, rest, resp):
        """A cache between must not give what is compressed to clients who can't read it."""
        resp.mset({f"key:{number}": 1 for number in range(200)})
        headers = {} if coding is None else {"Accept-Encoding": coding}
        for method in ["GET", "HEAD"]:
            response = rest.request(method, target, headers=headers)
            assert response.status == 200 and (response["content-encoding"] == "gzip") == (coding == "gzip")
            assert "accept-encoding" in response["vary"].lower()
            if response["etag"]:
                known = rest.request(method, target, headers={**headers, "If-None-Match": response["etag"]})
                assert known.status == 304 and known["vary"] == response["vary"]

    def test_what_is_too_small_to_be_compressed_is_the_same_for_all(self, rest):
        for target in ["/livez", "/api/cache/keys"]:
            assert rest.get(target, Accept_Encoding="gzip")["vary"] is None

    def test_of_a_missing_key(self, rest):
        response = rest.get(K)
        assert response.status == 404 and response["cache-control"] == "no-store"
        head = rest.head(K)
        assert head.status == 404 and head["cache-control"] == "no-store"

    def test_what_is_not_a_value_is_not_cached(self, rest):
        for target in ["/api/cache/stats", "/api/cache/keys", "/api/healthcheck", "/livez", "/readyz", "/metrics"]:
            assert rest.get(target)["cache-control"] in (None, "no-store", "no-cache")

    def test_head_tells_what_get_would(self, rest, resp):
        resp.set("k", "value", ex=1000)
        rest.get(K)
        get, head = rest.get(K), rest.head(K)
        assert head.status == 200 and head.body == b""
        for name in ["content-type", "content-length", "etag", "vary", "x-cache", "content-encoding"]:
            assert head[name] == get[name], name
        for target in ["/", "/api/cache/stats", "/api/cache/keys", "/api/healthcheck", "/livez", "/readyz", "/metrics"]:
            head = rest.head(target)
            assert head.status == 200 and head["content-type"] == rest.get(target)["content-type"]
        assert rest.head(key_path("missing")).status == 404
        assert rest.head("/api/nothing").status == 404
        assert rest.head("/api/openapi.json").status == 200


class TestXCache:
    def get(self, server, key="k", **headers):
        return server.rest.get(key_path(key), **headers)["x-cache"]

    def test_a_hit_after_a_miss(self, in_front_of_redis):
        server = in_front_of_redis
        server.rest.set("k", 1)
        assert self.get(server) == "MISS"
        # The entry is there when PTTL's reply is in, which comes right behind that of GET.
        assert [self.get(server) for _ in range(5)][1:] == ["HIT"] * 4
        assert self.get(server, Accept=RAW) == "HIT" and self.get(server, Accept_Encoding="gzip") == "HIT"
        server.rest.set("k", 2)
        assert self.get(server) == "MISS"
        server.rest.get(K)
        assert self.get(server) == "HIT"
        with server.resp() as client:
            client.set("k", 3)
            assert self.get(server) == "MISS"
            server.rest.get(K)
            client.get("k")
        assert self.get(server) == "HIT"

    def test_a_key_that_there_is_not(self, in_front_of_redis):
        server = in_front_of_redis
        assert self.get(server) in (None, "MISS")
        server.rest.get(K)
        assert self.get(server) in (None, "HIT")
        server.rest.set("k", 1)
        assert server.rest.get(K).status == 200

    def test_the_listeners_share_the_cache(self, in_front_of_redis):
        server = in_front_of_redis
        with server.resp() as client:
            client.set("k", "value")
            assert [client.get("k") for _ in range(3)] == [b"value"] * 3
        assert self.get(server) == "HIT"

    def test_local_scope(self, in_front_of_redis):
        server = in_front_of_redis
        server.rest.set("k", 1)
        server.rest.get(K), server.rest.get(K)
        assert self.get(server) == "HIT"
        response = server.rest.delete("/api/cache/invalidate-all?scope=local")
        assert response.status == 200 and response.json == {"invalidated": True}
        assert self.get(server) == "MISS"
        assert server.rest.get(K).json["value"] == 1

    def test_many_at_once(self, in_front_of_redis):
        """One of them asks Redis, and the others share its answer."""
        in_front_of_redis.rest.set("k", "value")
        wires = [in_front_of_redis.wire() for _ in range(20)]
        for wire in wires:
            wire.send(encoded("GET", K) * 5)
        answers = [[wire.response() for _ in range(5)] for wire in wires]
        assert all(answer.json["value"] == "value" for each in answers for answer in each)
        kinds = [answer["x-cache"] for each in answers for answer in each]
        assert kinds.count("MISS") == 1 and set(kinds) <= {"MISS", "COALESCED", "HIT"}
        for wire in wires:
            wire.close()

    def test_without_a_cache(self, start, redis_server):
        server = start("--no-cache", upstream=redis_server.url)
        server.rest.set("k", 1)
        assert [self.get(server) for _ in range(3)] == ["BYPASS"] * 3


class TestInvalidateAll:
    def test_scopes(self, rest, resp):
        resp.set("k", 1)
        for scope in ["", "all", "LOCAL", "local%20", "redis", "x", "%FF"]:
            response = rest.delete(f"/api/cache/invalidate-all?scope={scope}")
            assert response.status == 400 and response.error, scope
        assert rest.delete("/api/cache/invalidate-all?scope=local&scope=local").status == 400
        assert resp.get("k") == b"1"

    def test_it_is_this_database_alone(self, in_front_of_redis, redis_server):
        with redis_server.client() as client:
            client.select(1)
            client.set("other", 1)
            client.select(0)
            client.set("k", 1)
            assert in_front_of_redis.rest.delete("/api/cache/invalidate-all").status == 200
            assert client.dbsize() == 0
            client.select(1)
            assert client.get("other") == b"1"
            client.flushall()
