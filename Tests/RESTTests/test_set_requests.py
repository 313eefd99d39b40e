"""What the body of a POST, and the query of a PUT, may say."""

import base64
import gzip
import time

import pytest
from rest import key_path

K = key_path("k")


@pytest.mark.parametrize(
    "body",
    [
        b'{"value":1}',
        b' {"value":1} ',
        b'\r\n\t {\n"value"\t:\r1}\n\n',
        b'{"value":1,"ttl":null}',
        b'{"ttl":60,"value":1}',
        b'{"\\u0076alue":1}',
        b'{"v\\u0061lue":1,"\\u0074tl":60}',
    ],
)
def test_accepted(body, rest, resp):
    response = rest.post(K, body)
    assert response.status == 200 and response.json == {"key": "k", "stored": True}
    assert resp.get("k") == b"1"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"1",
        b"null",
        b'"value"',
        b"[]",
        b'[{"value":1}]',
        b"{}",
        b'{"ttl":1}',
        b'{"Value":1}',
        b'{"value ":1}',
        b'{"":1}',
        b'{"value":1,"extra":2}',
        b'{"value":1,"":2}',
        b'{"extra":1}',
        b'{"value":1,"value":1}',
        b'{"value":1,"value":2}',
        b'{"value":1,"\\u0076alue":2}',
        b'{"value":1,"ttl":1,"ttl":1}',
        b'{"value":1,"ttl":null,"ttl":1}',
        b'{"value":1,"found":true}',
        b'{"value":1}{}',
        b'{"value":1},',
        b'{"value":1}x',
        b'{"value":1}\x00',
        b'{"value":1,}',
        b'{"value":1',
        b'{"value"',
        b'{"value":',
        b"{",
        b'\xef\xbb\xbf{"value":1}',
        '{"value":1}'.encode("utf-16"),
        '{"value":1}'.encode("utf-16-le"),
        b"value=1",
        b"\xff",
    ],
)
def test_refused(body, rest, resp):
    resp.set("k", "before")
    response = rest.post(K, body)
    assert response.status == 400 and response.error
    assert resp.get("k") == b"before"


def test_no_body_at_all(rest):
    response = rest.request("POST", K, None, {"Content-Type": "application/json"})
    assert response.status == 400 and response.error


class TestTimeToLive:
    @pytest.mark.parametrize(
        "spelling, milliseconds",
        [
            ("60", 60_000),
            ("60.0", 60_000),
            ("6e1", 60_000),
            ("6.0E+1", 60_000),
            ("600e-1", 60_000),
            ("30.5", 30_500),
            ("12.345", 12_345),
            ("86400", 86_400_000),
            ("2147483648", 2_147_483_648_000),
            ("4294967296", 4_294_967_296_000),
            ("9999999999", 9_999_999_999_000),
            ("9999999999.999", 9_999_999_999_999),
            ("100000.001", 100_000_001),
        ],
    )
    def test_accepted(self, spelling, milliseconds, rest, resp):
        for store in [
            lambda: rest.post(K, b'{"value":1,"ttl":%s}' % spelling.encode()),
            lambda: rest.put(f"{K}?ttl={spelling.replace('+', '%2B')}", b"1"),
            lambda: rest.post("/api/cache/batch-set", b'{"items":{"k":1},"ttl":%s}' % spelling.encode()),
        ]:
            resp.delete("k")
            before = time.time() * 1000
            assert store().status == 200
            assert before + milliseconds - 2 <= resp.pexpiretime("k") <= time.time() * 1000 + milliseconds + 2

    @pytest.mark.parametrize("spelling", ["0.001", "1e-3", "0.002"])
    def test_shortest(self, spelling, rest, resp):
        assert rest.post(K, b'{"value":1,"ttl":%s}' % spelling.encode()).status == 200
        assert rest.put(f"{K}?ttl={spelling}", b"1").status == 200

    @pytest.mark.parametrize(
        "spelling",
        "0 0.0 -0 -1 -0.5 -60 0.0001 0.0009 1e-4 1e-400 10000000000 1e10 1e11 1e400 -1e400 4294967296e9 "
        "9223372036854775808 18446744073709551617 18446744073709551676 123456789012345678901234567890".split(),
    )
    def test_out_of_range(self, spelling, rest, resp):
        resp.set("k", "before")
        for response in [
            rest.post(K, b'{"value":1,"ttl":%s}' % spelling.encode()),
            rest.put(f"{K}?ttl={spelling}", b"1"),
            rest.post("/api/cache/batch-set", b'{"items":{"k":1},"ttl":%s}' % spelling.encode()),
        ]:
            assert response.status == 400 and response.error
        assert resp.get("k") == b"before" and resp.ttl("k") == -1

    @pytest.mark.parametrize("spelling", '"60" "" true false [] [60] {} 60s 01 +1 1.'.split())
    def test_not_a_number(self, spelling, rest, resp):
        resp.set("k", "before")
        for body in ['{"value":1,"ttl":%s}', '{"ttl":%s,"value":1}']:
            response = rest.post(K, (body % spelling).encode())
            assert response.status == 400 and response.error
        batch = b'{"items":{"k":1},"ttl":' + spelling.encode() + b"}"
        assert rest.post("/api/cache/batch-set", batch).status == 400
        assert resp.get("k") == b"before"

    @pytest.mark.parametrize(
        "query",
        "ttl= ttl=x ttl=60s ttl=1&ttl=2 ttl=60%20 ttl=null ttl=NaN ttl=inf ttl=0x10 ttl=1_0 ttl=%D9%A1".split(),
    )
    def test_not_a_number_in_a_query(self, query, rest, resp):
        resp.set("k", "before")
        response = rest.put(f"{K}?{query}", b"1")
        assert response.status == 400 and response.error
        assert resp.get("k") == b"before"

    def test_a_percent_encoded_one(self, rest, resp):
        assert rest.put(f"{K}?ttl=%36%30", b"1").status == 200
        assert 30 <= resp.ttl("k") <= 60

    def test_none_takes_away_the_one_there_was(self, rest, resp):
        for store in [lambda: rest.set("k", 1), lambda: rest.set("k", 1, ttl=None), lambda: rest.put(K, b"1")]:
            resp.set("k", "before", ex=100)
            store()
            assert resp.ttl("k") == -1


class TestBase64:
    @pytest.mark.parametrize("data", [b"", b"a", b"ab", b"abc", b"\x00", b"\xfb\xef\xbe", b"{}", bytes(range(256))])
    def test_round_trip(self, data, rest, resp):
        rest.set("k", base64.b64encode(data).decode(), encoding="base64", ttl=60)
        assert resp.get("k") == data and 30 <= resp.ttl("k") <= 60

    def test_escapes_within(self, rest, resp):
        assert rest.post(K, b'{"encoding":"base64","value":"\\/9j\\/\\u0034AAQ"}').status == 200
        assert resp.get("k") == b"\xff\xd8\xff\xe0\x00\x10"

    @pytest.mark.parametrize(
        "value",
        ["/w==\n", " /w==", "/w ==", "\0\0\0\0", "é"]
        + "a ab abc abcde = ==== a=== ab=c abc=d ab==ab== /w _w== -w== !!!! /w= /w===".split(),
    )
    def test_malformed(self, value, rest, resp):
        response = rest.post(K, {"value": value, "encoding": "base64"})
        assert response.status == 400 and response.error
        assert not resp.exists("k")

    @pytest.mark.parametrize("value", [1, None, True, [], {}, ["/w=="]])
    def test_not_a_string(self, value, rest, resp):
        response = rest.post(K, {"value": value, "encoding": "base64"})
        assert response.status == 400 and response.error
        assert not resp.exists("k")

    @pytest.mark.parametrize("encoding", ["base32", "BASE64", "", "utf-8", "base64url", None, 64, True, [], ["base64"]])
    def test_unknown_encodings(self, encoding, rest, resp):
        response = rest.post(K, {"value": "/w==", "encoding": encoding})
        assert response.status == 400 and response.error
        assert not resp.exists("k")


class TestContentType:
    @pytest.mark.parametrize("parameters", ["", "; charset=utf-8", ";charset=UTF-8", ' ; charset="utf-8"'])
    @pytest.mark.parametrize("content_type", ["application/json", "Application/JSON"])
    def test_json(self, content_type, parameters, rest):
        headers = {"Content-Type": content_type + parameters}
        assert rest.request("POST", K, b'{"value":1}', headers).status == 200
        assert rest.request("POST", "/api/cache/batch-get", b'{"keys":[]}', headers).status == 200
        assert rest.request("POST", "/api/command", b'["PING"]', headers).status == 200

    @pytest.mark.parametrize(
        "content_type",
        [
            None,
            "",
            "*/*",
            "text/plain",
            "text/json",
            "application/x-www-form-urlencoded",
            "application/jsonx",
            "application/json5",
            "application/octet-stream",
            "xapplication/json",
            "multipart/form-data; boundary=application/json",
            "text/plain; application/json",
            "text/plain, application/json",
        ],
    )
    def test_anything_else(self, content_type, rest, resp):
        headers = {} if content_type is None else {"Content-Type": content_type}
        for target, body in [
            (K, b'{"value":1}'),
            ("/api/cache/batch-get", b'{"keys":["k"]}'),
            ("/api/cache/batch-set", b'{"items":{"k":1}}'),
            ("/api/command", b'["SET","k","1"]'),
        ]:
            response = rest.request("POST", target, body, headers)
            assert response.status == 415 and response.error
        assert not resp.exists("k")

    def test_put_takes_any(self, rest, resp):
        data = bytes(range(256))
        for headers in [{}] + [{"Content-Type": kind} for kind in ["", "image/png", "application/json", "x"]]:
            resp.delete("k")
            response = rest.request("PUT", K, data, headers)
            assert response.status == 200 and response.json == {"key": "k", "stored": True}
            assert resp.get("k") == data


class TestContentEncoding:
    @pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip", "deflate", "br", "identity, gzip", "nonsense"])
    def test_compressed(self, coding, rest, resp):
        body = gzip.compress(b'{"value":1}')
        for method, target in [
            ("PUT", K),
            ("POST", K),
            ("POST", "/api/cache/batch-get"),
            ("POST", "/api/cache/batch-set"),
            ("POST", "/api/command"),
        ]:
            headers = {"Content-Type": "application/json", "Content-Encoding": coding}
            response = rest.request(method, target, body, headers)
            assert response.status == 415 and "without Content-Encoding" in response.error
            assert response["accept-encoding"] == "identity"
        assert not resp.exists("k")

    @pytest.mark.parametrize("coding", ["identity", "Identity", "identity, identity", ""])
    def test_as_it_is(self, coding, rest, resp):
        assert rest.request("PUT", K, b"1", {"Content-Encoding": coding}).status == 200
        assert resp.get("k") == b"1"

    def test_a_body_that_means_nothing(self, rest):
        assert rest.request("DELETE", K, b"x", {"Content-Encoding": "gzip"}).status == 200
