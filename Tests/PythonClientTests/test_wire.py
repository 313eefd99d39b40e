"""Addresses, HTTP as bytes, and time: the parts that need no server."""

import time

import pytest
from cache_client import AsyncCacheClient, CacheClient
from cache_client.attempts import Attempts
from cache_client.endpoint import Endpoint
from cache_client.http1 import Head, ProtocolError, decode_chunk_size, decode_head, encode_request
from cache_client.messages import Request


@pytest.mark.parametrize(
    ("url", "host", "port", "header", "prefix"),
    [
        ("http://localhost:8000", "localhost", 8000, "localhost:8000", ""),
        ("http://cache", "cache", 80, "cache", ""),
        ("https://cache/", "cache", 443, "cache", ""),
        ("https://cache:80/ocm/", "cache", 80, "cache:80", "/ocm"),
        ("http://[::1]:9000/a/b", "::1", 9000, "[::1]:9000", "/a/b"),
    ],
)
def test_addresses(url, host, port, header, prefix):
    endpoint = Endpoint.parse(url, None)
    assert (endpoint.host, endpoint.port, endpoint.host_header, endpoint.prefix) == (host, port, header, prefix)


@pytest.mark.parametrize(
    "url",
    [
        "", "localhost:8000", "redis://localhost", "http://", "http://:8000", "http://user:password@host", "http://h/?q=1",
        "http://h/#f", "http://h/\x7f", "http://a b/", "http://h/ä", "http://h:port", "http://h:99999", "http://h/a b",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [CacheClient, AsyncCacheClient])
def test_what_is_not_an_address(kind, url):
    with pytest.raises(ValueError):
        kind(url)


@pytest.mark.parametrize("token", ["", " ", "a\r\nHost: other", "ä", " a"])
def test_what_is_not_a_token(token):
    with pytest.raises(ValueError):
        CacheClient("http://localhost", token)


def test_a_request_as_bytes():
    endpoint = Endpoint.parse("http://cache:8000/ocm", "secret")
    lines = encode_request(endpoint, Request("POST", "/api/x?y", b"body")).split(b"\r\n")
    assert lines[0] == b"POST /ocm/api/x?y HTTP/1.1" and lines[-2:] == [b"", b"body"]
    assert set(lines[1:-2]) == {
        b"Host: cache:8000",
        b"Accept: application/json",
        b"Authorization: Bearer secret",
        b"Content-Type: application/json",
        b"Content-Length: 4",
    }
    assert b"Content" not in encode_request(endpoint, Request("DELETE", "/api/x"))


@pytest.mark.parametrize(
    ("lines", "head"),
    [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5", Head(200, "OK", True, 5)),
        ("HTTP/1.1 200\r\ncontent-length:5 ", Head(200, "", True, 5)),
        ("HTTP/1.1 404 Not Found\r\nConnection: Close\r\nContent-Length: 0", Head(404, "Not Found", False, 0)),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked", Head(200, "OK", True, None)),
        ("HTTP/1.0 200 OK\r\nContent-Length: 5", Head(200, "OK", False, 5)),
        ("HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: Keep-Alive", Head(200, "OK", True, 5)),
        ("HTTP/1.1 204 No Content", Head(204, "No Content", True, 0)),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5", Head(304, "Not Modified", True, 0)),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: Text/HTML ; charset=UTF-8",
            Head(200, "OK", True, 5, "text/html"),
        ),
        ("HTTP/1.1 100 Continue", Head(100, "Continue", True, 0)),
    ],
)
def test_a_response_s_head(lines, head):
    assert decode_head(lines.encode() + b"\r\n\r\n") == head


@pytest.mark.parametrize(
    "lines",
    [
        "",
        "+PONG",
        "HTTP/1.1 200 OK",
        "HTTP/2 200",
        "HTTP/1.1 abc",
        "HTTP/1.1 200 OK\r\nContent-Length: -1",
        "HTTP/1.1 200 OK\r\nContent-Length: " + "9" * 5000,
    ],
    ids=lambda lines: ascii(lines)[:50],
)
def test_what_is_not_a_head(lines):
    with pytest.raises(ProtocolError):
        decode_head(lines.encode() + b"\r\n\r\n")


@pytest.mark.parametrize(("line", "size"), [(b"0\r\n", 0), (b"1aF\r\n", 0x1AF), (b"10;name=value\r\n", 16)])
def test_the_size_of_a_chunk(line, size):
    assert decode_chunk_size(line) == size


@pytest.mark.parametrize("line", [b"\r\n", b"xyz\r\n", b"-1\r\n", b"0x10\r\n", b"1_0\r\n", b"+1\r\n"])
def test_what_is_not_the_size_of_a_chunk(line):
    with pytest.raises(ProtocolError):
        decode_chunk_size(line)


def test_pauses_grow_and_end():
    attempts = Attempts(timeout=60, retries=8)
    pauses = [attempts.pause() for _ in range(9)]
    assert pauses.pop() is None
    for number, pause in enumerate(pauses):
        longest = min(0.05 * 2**number, 1.0)
        assert longest / 2 <= pause <= longest


def test_there_is_no_pause_for_which_there_is_no_time():
    attempts = Attempts(timeout=0.001, retries=8)
    assert attempts.pause() is None
    time.sleep(0.002)
    assert attempts.is_over() and attempts.remaining() > 0
