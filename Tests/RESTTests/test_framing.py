"""Requests whose end two servers could see in different places: each is refused, or read in the one way there is.

What a second server might take for a request of its own stands behind the first: it deletes the key `victim`.
"""

import pytest

SMUGGLED = b"DELETE /api/cache/key/victim HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST /api/cache/key/k HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
BODY = b'{"value":1}'
CHUNKED = b"b\r\n" + BODY + b"\r\n0\r\n\r\n"
LENGTH = b"Content-Length: 11\r\n"


def with_headers(*lines, body=BODY):
    return POST + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


# Refused with 400, and the connection is closed: what follows can't be told from a body.
REFUSED = {
    "Content-Length and Transfer-Encoding": with_headers(
        b"Content-Length: 11", b"Transfer-Encoding: chunked", body=CHUNKED
    ),
    "Transfer-Encoding and Content-Length": with_headers(
        b"Transfer-Encoding: chunked", b"Content-Length: 4", body=CHUNKED
    ),
    "Content-Length 0 and Transfer-Encoding": with_headers(
        b"Content-Length: 0", b"Transfer-Encoding: chunked", body=CHUNKED
    ),
    "two lengths": with_headers(b"Content-Length: 11", b"Content-Length: 0"),
    "two lengths, the first 0": with_headers(b"Content-Length: 0", b"Content-Length: 11"),
    "a list of lengths": with_headers(b"Content-Length: 11, 0"),
    "a plus": with_headers(b"Content-Length: +11"),
    "a minus": with_headers(b"Content-Length: -11"),
    "minus 0": with_headers(b"Content-Length: -0"),
    "hexadecimal": with_headers(b"Content-Length: 0xb"),
    "a fraction": with_headers(b"Content-Length: 11.0"),
    "an exponent": with_headers(b"Content-Length: 1e1"),
    "a space within": with_headers(b"Content-Length: 1 1"),
    "an underscore": with_headers(b"Content-Length: 1_1"),
    "no length": with_headers(b"Content-Length:"),
    "letters": with_headers(b"Content-Length: eleven"),
    "letters behind": with_headers(b"Content-Length: 11x"),
    "full-width digits": with_headers("Content-Length: １１".encode()),
    "more than 64 bits": with_headers(b"Content-Length: 18446744073709551627"),
    "many digits": with_headers(b"Content-Length: " + 100 * b"9"),
    "a space before the colon": with_headers(b"Content-Length : 11"),
    "a tab before the colon": with_headers(b"Content-Length\t: 11"),
    "a space before the colon of Transfer-Encoding": with_headers(b"Transfer-Encoding : chunked", body=CHUNKED),
    "chunked twice": with_headers(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked", body=CHUNKED),
    "chunked, chunked": with_headers(b"Transfer-Encoding: chunked, chunked", body=CHUNKED),
    "chunked, identity": with_headers(b"Transfer-Encoding: chunked, identity", body=CHUNKED),
    "chunked isn't last": with_headers(b"Transfer-Encoding: chunked, gzip", body=CHUNKED),
    "identity": with_headers(b"Transfer-Encoding: identity", b"Content-Length: 11"),
    "xchunked": with_headers(b"Transfer-Encoding: xchunked", body=CHUNKED),
    "chunkedx": with_headers(b"Transfer-Encoding: chunkedx", body=CHUNKED),
    "chunked in quotes": with_headers(b'Transfer-Encoding: "chunked"', body=CHUNKED),
    "chunked with a parameter": with_headers(b"Transfer-Encoding: chunked;q=1", body=CHUNKED),
    "chunked behind a vertical tab": with_headers(b"Transfer-Encoding: \x0bchunked", body=CHUNKED),
    "chunked before a NUL": with_headers(b"Transfer-Encoding: chunked\x00", body=CHUNKED),
    "no Transfer-Encoding": with_headers(b"Transfer-Encoding:", b"Content-Length: 11"),
    "a folded header": with_headers(b"Content-Length: 11", b"X-Folded: a", b" b"),
    "a folded Transfer-Encoding": with_headers(b"Transfer-Encoding:", b" chunked", body=CHUNKED),
    "a folded Content-Length": with_headers(b"Content-Length:", b"\t11"),
    "a first header that is folded": POST.replace(b"Host", b" Host", 1) + LENGTH + b"\r\n" + BODY,
    "a NUL in a header": with_headers(b"X-Header: a\x00b", b"Content-Length: 11"),
    "a CR in a header": with_headers(b"X-Header: a\rTransfer-Encoding: chunked", b"Content-Length: 11"),
    "a name with a space": with_headers(b"X Header: a", b"Content-Length: 11"),
    "a name with a NUL": with_headers(b"X\x00: a", b"Content-Length: 11"),
    "a name of no characters": with_headers(b": a", b"Content-Length: 11"),
    "a header without a colon": with_headers(b"X-Header", b"Content-Length: 11"),
    "a size that isn't one": with_headers(b"Transfer-Encoding: chunked", body=b"x\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "a size with 0x": with_headers(b"Transfer-Encoding: chunked", body=b"0xb\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "a size with a plus": with_headers(b"Transfer-Encoding: chunked", body=b"+b\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "a size with a minus": with_headers(b"Transfer-Encoding: chunked", body=b"-b\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "a size with an underscore": with_headers(b"Transfer-Encoding: chunked", body=b"0_b\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "no size": with_headers(b"Transfer-Encoding: chunked", body=b"\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "a size of more than 64 bits": with_headers(
        b"Transfer-Encoding: chunked", body=b"1000000000000000b\r\n" + BODY + b"\r\n0\r\n\r\n"
    ),
    "a chunk longer than it says": with_headers(b"Transfer-Encoding: chunked", body=b"a\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "a chunk without an end": with_headers(b"Transfer-Encoding: chunked", body=b"b\r\n" + BODY + b"0\r\n\r\n"),
    "a chunk that ends with LF": with_headers(b"Transfer-Encoding: chunked", body=b"b\r\n" + BODY + b"\n0\r\n\r\n"),
    "a size that ends with CR": with_headers(b"Transfer-Encoding: chunked", body=b"b\r" + BODY + b"\r\n0\r\n\r\n"),
    "HTTP/1.0 with chunks": with_headers(
        b"Transfer-Encoding: chunked", b"Connection: keep-alive", body=CHUNKED
    ).replace(b"HTTP/1.1", b"HTTP/1.0"),
    "a version that there isn't": b"GET /livez HTTP/1.2\r\nHost: localhost\r\n\r\n",
    "HTTP/2.0": b"GET /livez HTTP/2.0\r\nHost: localhost\r\n\r\n",
    "HTTP/0.9": b"GET /livez\r\n\r\n",
    "an HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "another protocol": b"GET /livez FTP/1.1\r\nHost: localhost\r\n\r\n",
    "a tab": b"GET\t/livez\tHTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a space in the target": b"GET /livez /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a NUL in the target": b"GET /livez\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a CR in the target": b"GET /livez\r HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no target": b"GET HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no method": b" /livez HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a method of strange characters": b"G@T /livez HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "RESP": b"*1\r\n$4\r\nPING\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "bytes": bytes(range(128, 256)),
}

# Refused with 501, and the connection is closed: the body would be taken for what it isn't.
CODED = {
    "gzip, chunked": with_headers(b"Transfer-Encoding: gzip, chunked", body=CHUNKED),
    "gzip and chunked": with_headers(b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked", body=CHUNKED),
    "identity, chunked": with_headers(b"Transfer-Encoding: identity, chunked", body=CHUNKED),
    "xchunked, chunked": with_headers(b"Transfer-Encoding: xchunked, chunked", body=CHUNKED),
    "a route that takes no body": b"GET /livez HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
    + CHUNKED,
}

# May be read, and then to this end: the status.
READ = {
    "equal lengths": (with_headers(b"Content-Length: 11", b"Content-Length: 11"), 200),
    "a list of equal lengths": (with_headers(b"Content-Length: 11, 11"), 200),
    "zeros before the length": (with_headers(b"Content-Length: 000011"), 200),
    "spaces around the length": (with_headers(b"Content-Length: \t 11 \t"), 200),
    "Chunked": (with_headers(b"transfer-encoding: Chunked", body=CHUNKED), 200),
    "a chunk extension": (
        with_headers(b"Transfer-Encoding: chunked", body=CHUNKED.replace(b"b\r", b"b;a=b\r", 1)),
        200,
    ),
    "a quoted chunk extension": (
        with_headers(b"Transfer-Encoding: chunked", body=CHUNKED.replace(b"b\r", b'b;a="x;y"\r', 1)),
        200,
    ),
    "zeros before a size": (with_headers(b"Transfer-Encoding: chunked", body=b"000" + CHUNKED), 200),
    "trailers": (with_headers(b"Transfer-Encoding: chunked", body=CHUNKED[:-2] + b"X-Trailer: a\r\n\r\n"), 200),
    "a trailer that lies": (
        with_headers(b"Transfer-Encoding: chunked", body=CHUNKED[:-2] + b"Content-Length: 70\r\n\r\n"),
        200,
    ),
    "LF for CRLF": (with_headers(b"Content-Length: 11").replace(b"\r\n", b"\n"), 200),
    "LF behind a chunk's size": (
        with_headers(b"Transfer-Encoding: chunked", body=CHUNKED.replace(b"b\r\n", b"b\n", 1)),
        200,
    ),
    "two spaces": (b"GET  /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", 200),
    "an empty line before": (b"\r\n" + with_headers(b"Content-Length: 11"), 200),
    "a body that nobody asked for": (
        b"GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
        200,
    ),
    "a DELETE with a body": (
        b"DELETE /api/cache/key/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
        200,
    ),
    "an error before its body has come": (
        b"POST /api/nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
        404,
    ),
    "the wrong type, and a body": (
        b"POST /api/cache/key/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
        415,
    ),
    "an upgrade that isn't done": (
        b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        b"HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n",
        200,
    ),
}

# Their ends are plain to see, but it isn't whom they are for.
HOSTS = {
    "none": b"",
    "two": b"Host: localhost\r\nHost: localhost\r\n",
    "two that differ": b"Host: localhost\r\nHost: 127.0.0.1\r\n",
    "a space within": b"Host: local host\r\n",
    "a path": b"Host: localhost/x\r\n",
    "a user": b"Host: a@localhost\r\n",
    "a list": b"Host: localhost, localhost\r\n",
    "a port that isn't one": b"Host: localhost:http\r\n",
    "brackets that don't close": b"Host: [::1\r\n",
}


@pytest.fixture
def victim(ocm):
    with ocm.resp() as client:
        client.set("victim", "alive")
        yield client


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_refused(data, ocm, victim):
    with ocm.wire() as wire:
        wire.send(data + SMUGGLED)
        response = wire.response()
        assert response.status == 400 and response.error
        assert response["connection"].lower() == "close"
        assert wire.is_closed(), bytes(wire.received)
    assert victim.keys() == [b"victim"]
    assert ocm.rest.get("/livez").status == 200


@pytest.mark.parametrize("data", CODED.values(), ids=CODED)
def test_codings_for_the_way(data, ocm, victim):
    with ocm.wire() as wire:
        wire.send(data + SMUGGLED)
        response = wire.response()
        assert response.status == 501 and "can only be chunked" in response.error
        assert response["connection"].lower() == "close"
        assert wire.is_closed(), bytes(wire.received)
    assert victim.keys() == [b"victim"]


@pytest.mark.parametrize("data, status", READ.values(), ids=READ)
def test_refused_or_read_in_the_one_way_there_is(data, status, ocm, victim):
    with ocm.wire() as wire:
        wire.send(data + b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        first = wire.response()
        if first.status == 400:
            assert first["connection"].lower() == "close" and wire.is_closed()
            assert first.error
        else:
            assert first.status == status
            if (first["connection"] or "").lower() == "close":
                assert wire.is_closed()
            else:
                assert wire.response().json == {"status": "ready"}
                assert not wire.is_closed(0.05)
    assert victim.get("victim") == b"alive"


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_hosts_that_are_none(host, ocm):
    with ocm.wire() as wire:
        wire.send(b"GET /livez HTTP/1.1\r\n" + host + b"\r\n")
        response = wire.response()
        assert response.status == 400 and response.error


def test_byte_by_byte(ocm):
    """However a request is cut up, it is the same request."""
    data = with_headers(b"Transfer-Encoding: chunked", body=CHUNKED) + with_headers(b"Content-Length: 11")
    with ocm.wire() as wire:
        for position in range(len(data)):
            wire.send(data[position : position + 1])
        assert wire.response().json == {"key": "k", "stored": True}
        assert wire.response().json == {"key": "k", "stored": True}


def test_chunks_of_one_byte(ocm):
    value = b'{"value":"' + b"x" * 20_000 + b'"}'
    with ocm.wire() as wire:
        body = b"".join(b"1\r\n%c\r\n" % byte for byte in value) + b"0\r\n\r\n"
        wire.send(with_headers(b"Transfer-Encoding: chunked", body=body))
        assert wire.response().status == 200
    with ocm.resp() as client:
        assert client.get("k") == b"x" * 20_000
