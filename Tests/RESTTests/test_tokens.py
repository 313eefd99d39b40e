"""Who may do what: the token, the token that only reads, and where they come from."""

import subprocess

import pytest
from rest import Rest, key_path
from servers import BINARY

TOKEN, READER = "s3cret/+=~._-", "reader"
K = key_path("k")
OPEN = ["/", "/api/openapi.json", "/api/healthcheck", "/livez", "/readyz"]
READS = [
    ("GET", "/api/cache/stats", None),
    ("GET", "/api/cache/keys", None),
    ("GET", K, None),
    ("HEAD", K, None),
    ("GET", "/metrics", None),
    ("HEAD", "/metrics", None),
    ("POST", "/api/cache/batch-get", b'{"keys":["k"]}'),
    ("POST", "/api/command", b'["GET","k"]'),
    ("POST", "/api/command", b'["mget","k","l"]'),
    ("POST", "/api/command", b'["TTL","k"]'),
    ("POST", "/api/command", b'["EXISTS","k"]'),
    ("POST", "/api/command", b'["HGETALL","h"]'),
    ("POST", "/api/command", b'["SCAN",0]'),
]
WRITES = [
    ("POST", K, b'{"value":2}'),
    ("PUT", K, b"2"),
    ("DELETE", K, None),
    ("DELETE", "/api/cache/invalidate-all", None),
    ("DELETE", "/api/cache/invalidate-all?scope=local", None),
    ("POST", "/api/cache/batch-set", b'{"items":{"k":2}}'),
    ("POST", "/api/command", b'["SET","k","2"]'),
    ("POST", "/api/command", b'["set","k","2"]'),
    ("POST", "/api/command", b'["DEL","k"]'),
    ("POST", "/api/command", b'["GETDEL","k"]'),
    ("POST", "/api/command", b'["GETEX","k","EX","1"]'),
    ("POST", "/api/command", b'["INCR","k"]'),
    ("POST", "/api/command", b'["EXPIRE","k",1]'),
    ("POST", "/api/command", b'["RENAME","k","l"]'),
    ("POST", "/api/command", b'["FLUSHALL"]'),
    ("POST", "/api/command", b'["FLUSHDB"]'),
]
REDIS_WRITES = [
    b'["LPUSH","l","a"]',
    b'["SORT","l","STORE","k"]',
    b'["GEORADIUS","g",0,0,1,"km","STORE","k"]',
    b'["BITFIELD","k","SET","u8",0,1]',
    b'["COPY","k","l"]',
    b'["SUNIONSTORE","k","a"]',
    b'["PFADD","k","a"]',
    b'["EVAL","return redis.call(\'del\', KEYS[1])",1,"k"]',
    b'["EVAL","return 1",0]',
    b'["EVAL_RO","while true do end",0]',
    b'["FCALL_RO","f",0]',
    b'["FUNCTION","FLUSH"]',
    b'["SCRIPT","FLUSH"]',
    b'["CONFIG","SET","maxmemory","1"]',
    b'["CONFIG","GET","requirepass"]',
    b'["DEBUG","SLEEP","0"]',
    b'["SHUTDOWN","NOSAVE"]',
    b'["ACL","DELUSER","x"]',
    b'["REPLICAOF","NO","ONE"]',
    b'["SWAPDB",0,1]',
    b'["SAVE"]',
    b'["BGREWRITEAOF"]',
    b'["MODULE","LIST"]',
    b'["CACHE","FLUSH"]',
    b'["NOSUCHCOMMAND"]',
]


def ask(server, method, target, body, token):
    rest = Rest(server.port, token)
    try:
        return rest.request(method, target, body, {"Content-Type": "application/json"})
    finally:
        rest.close()


@pytest.fixture(params=["embedded", "proxy"])
def guarded(request, start, tmp_path):
    """A server with both tokens, from options, and one key."""
    upstream = request.getfixturevalue("redis_server").url if request.param == "proxy" else None
    server = start("--rest-token", TOKEN, "--rest-read-token", READER, upstream=upstream)
    with server.resp() as client:
        client.flushall()
        client.set("k", 1)
        client.hset("h", "a", 1)
        yield server
        client.flushall()


def test_who_may_do_what(guarded):
    for method, target, body in READS + WRITES:
        for token in [None, "wrong", "", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), READER + "x"]:
            response = ask(guarded, method, target, body, token)
            assert response.status == 401, (method, target, token)
            assert response["www-authenticate"].startswith("Bearer")
            assert method == "HEAD" or response.error
    for method, target, body in READS:
        for token in [READER, TOKEN]:
            response = ask(guarded, method, target, body, token)
            assert response.status == 200, (method, target, body, token, response)
    for method, target, body in WRITES:
        response = ask(guarded, method, target, body, READER)
        assert response.status == 403 and response.error, (method, target, body)
    with guarded.resp() as client:
        assert client.get("k") == b"1" and client.ttl("k") == -1
        for method, target, body in WRITES:
            client.set("k", 1)
            assert ask(guarded, method, target, body, TOKEN).status == 200, (method, target, body)


def test_what_is_open(guarded):
    for target in OPEN:
        for token in [None, "wrong", READER, TOKEN]:
            assert ask(guarded, "GET", target, None, token).status == 200
            assert ask(guarded, "HEAD", target, None, token).status == 200


def test_what_there_is_not_and_preflights_tell_nothing(guarded):
    assert ask(guarded, "GET", "/api/nothing", None, None).status in (401, 404)
    assert ask(guarded, "OPTIONS", K, None, None).status == 204
    assert ask(guarded, "GET", key_path("missing"), None, "wrong").status == 401


def test_a_reader_runs_nothing_that_could_change_anything(start, start_redis):
    redis = start_redis()
    server = start("--rest-token", TOKEN, "--rest-read-token", READER, upstream=redis.url)
    with redis.client() as client:
        client.set("k", 1)
        for body in REDIS_WRITES:
            response = ask(server, "POST", "/api/command", body, READER)
            assert response.status in (400, 403) and response.error, body
            if body != b'["NOSUCHCOMMAND"]':
                assert response.status == 403, body
        assert client.get("k") == b"1" and client.dbsize() == 1


@pytest.mark.parametrize(
    "header, is_right",
    [
        ("Bearer {}", True),
        ("bearer {}", True),
        ("BEARER {}", True),
        ("Bearer  {}", True),
        ("Bearer {} ", True),
        ("Bearer{}", False),
        ("{}", False),
        ("Basic {}", False),
        ("Token {}", False),
        ("Bearer", False),
        ("Bearer ", False),
        ("Bearer {0} {0}", False),
        ("Bearer {0}, Bearer {0}", False),
        ('Bearer "{}"', False),
        ("Bearer x{}", False),
        ("Bearer {}\t\x80", False),
    ],
)
def test_spellings(header, is_right, guarded):
    with guarded.wire() as wire:
        response = wire.exchange("GET", K, {"Authorization": header.format(TOKEN)})
        assert response.status == (200 if is_right else 401) or (not is_right and response.status == 400)


def test_two_authorizations(guarded):
    for tokens in [(TOKEN, "wrong"), ("wrong", TOKEN), (READER, TOKEN)]:
        with guarded.wire() as wire:
            response = wire.exchange("DELETE", K, [("Authorization", f"Bearer {token}") for token in tokens])
            assert response.status in (400, 401)


def test_a_token_elsewhere_is_none(guarded):
    with guarded.wire() as wire:
        for target, headers in [
            (f"{K}?token={TOKEN}", {}),
            (f"{K}?access_token={TOKEN}", {}),
            (K, {"Cookie": f"token={TOKEN}"}),
            (K, {"X-Token": TOKEN}),
            (K, {"Proxy-Authorization": f"Bearer {TOKEN}"}),
        ]:
            assert wire.exchange("GET", target, headers).status == 401


def test_a_refused_request_is_still_read(guarded):
    """The connection goes on behind it."""
    with guarded.wire() as wire:
        for _ in range(3):
            assert wire.exchange("PUT", K, {}, b"x" * 10_000).status == 401
            assert wire.exchange("GET", "/livez").status == 200


class TestSources:
    def check(self, server, token, reader=None):
        assert ask(server, "GET", K, None, None).status == 401
        assert ask(server, "PUT", K, b"1", token).status == 200
        if reader:
            assert ask(server, "GET", K, None, reader).status == 200
            assert ask(server, "PUT", K, b"1", reader).status == 403

    @pytest.mark.parametrize("end", ["", "\n", "\r\n"])
    def test_files(self, end, start, tmp_path):
        (tmp_path / "token").write_text("token-from-a-file" + end, newline="")
        (tmp_path / "reader").write_text("reader-from-a-file" + end, newline="")
        server = start("--rest-token-file", tmp_path / "token", "--rest-read-token-file", tmp_path / "reader")
        self.check(server, "token-from-a-file", "reader-from-a-file")

    def test_environment(self, start):
        server = start(environment={"OCM_REST_TOKEN": TOKEN, "OCM_REST_READ_TOKEN": READER})
        self.check(server, TOKEN, READER)

    def test_environment_with_files(self, start, tmp_path):
        (tmp_path / "token").write_text("from-a-file\n")
        (tmp_path / "reader").write_text("reader\n")
        files = {"OCM_REST_TOKEN_FILE": str(tmp_path / "token"), "OCM_REST_READ_TOKEN_FILE": str(tmp_path / "reader")}
        self.check(start(environment=files), "from-a-file", "reader")

    def test_the_password_is_the_token_where_there_is_none(self, start):
        server = start("--requirepass", "password", resp_password="password")
        self.check(server, "password")
        with server.resp() as client:
            assert client.get("k") == b"1"

    def test_the_password_is_no_token_where_there_is_one(self, start):
        server = start("--requirepass", "password", "--rest-token", TOKEN, resp_password="password")
        self.check(server, TOKEN)
        assert ask(server, "GET", K, None, "password").status == 401

    def test_tokens_are_in_no_log(self, start):
        server = start("--rest-token", TOKEN, "--rest-read-token", READER, "--debug")
        ask(server, "GET", K, None, TOKEN)
        ask(server, "GET", K, None, "another-secret")
        assert TOKEN not in server.log and "another-secret" not in server.log


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--rest-token-file", "{two}"], "--rest-token-file '{two}': a token is one line"),
        (["--rest-token", "a\nb"], "--rest-token: a token is one line"),
        (["--rest-token", "t", "--rest-token-file", "{one}"], "--rest-token and --rest-token-file are both given"),
        (["--rest-token", "t", "--rest-read-token", "t"], "--rest-read-token must be another than --rest-token"),
        (["--requirepass", "t", "--rest-read-token", "t"], "--rest-read-token must be another than --rest-token"),
        (["--rest-token", "line", "--rest-read-token-file", "{one}"], "--rest-read-token must be another than"),
    ],
)
def test_tokens_that_nobody_could_use_as_they_are_meant(options, sentence, tmp_path):
    files = {"one": tmp_path / "one", "two": tmp_path / "two"}
    files["one"].write_text("line\n")
    files["two"].write_text("line\nanother\n")
    command = [BINARY, "serve", "--redis-port", "0", *(option.format(**files) for option in options)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("ocm: " + sentence.format(**files)) and result.stderr.count("\n") == 1
