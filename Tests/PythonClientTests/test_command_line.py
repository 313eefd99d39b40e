"""The command line, as `python -m cache_client` and as `cache-client`."""

import json
import os
import pathlib
import subprocess
import sys

import pytest
from cache_client import CacheClient
from programs import ask, free_port
from scripted_server import respond

CONSOLE_SCRIPT = [pathlib.Path(sys.executable).parent / "cache-client"]
MODULE = [sys.executable, "-m", "cache_client"]


def environment(**variables):
    """What is in the environment, but of `ocm` only what is given."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OCM_")} | variables


def run(*words, program=MODULE, piped_in=b"", **variables):
    """Runs it to its end; its output is bytes."""
    command = [*program, *words]
    return subprocess.run(command, input=piped_in, capture_output=True, timeout=50, env=environment(**variables))


@pytest.fixture
def cli(ocm):
    def cli(*words, **options):
        return run(*words, OCM_URL=ocm.url, OCM_TOKEN=ocm.token, **options)

    return cli


def output(result):
    assert result.returncode == 0 and result.stderr == b"", result
    return result.stdout


@pytest.mark.parametrize("program", [MODULE, CONSOLE_SCRIPT], ids=["module", "script"])
def test_health_and_statistics(cli, program):
    assert json.loads(output(cli("healthcheck", program=program)))["status"] == "healthy"
    assert json.loads(output(cli("stats", program=program)))["memory_limit_mb"] == 100


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ('{"name": "John",  "n": 1.10}', b'{"name": "John",  "n": 1.10}'),
        ("hello world", b"hello world"),
        ("日本", "日本".encode()),
        ("", b""),
        ("123", b"123"),
        ("9" * 5000, b"9" * 5000),
        ("NaN", b"NaN"),
        ('"quoted"', b"quoted"),
        ('"123"', b'"123"'),
        ("{broken", b"{broken"),
        ("two\nlines\n", b"two\nlines\n"),
        (b"\xff\xfe", b"\xff\xfe"),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_setting_and_getting(cli, ocm, value, stored):
    assert output(cli("set", "k", value)) == b""
    assert output(cli("get", "k")) == stored
    assert ask(ocm.redis_port, "STRLEN", "k") == b":%d" % len(stored)
    assert ask(ocm.redis_port, "TTL", "k") == b":-1"


@pytest.mark.parametrize("content", [b"", b"text\n", b'"quoted"', b'{"n": 1.10} ', bytes(range(256)) * 1000], ids=len)
def test_a_copy(cli, ocm, content):
    assert ask(ocm.redis_port, "SET", "a", content) == b"+OK"
    output(cli("set", "b", "-", piped_in=output(cli("get", "a"))))
    assert output(cli("get", "b")) == content


@pytest.mark.parametrize(("ttl", "low", "high"), [("60", 50_000, 60_000), ("90.5", 80_000, 90_500)])
def test_a_time_to_live(cli, ocm, ttl, low, high):
    output(cli("set", "a", "1", "--ttl", ttl))
    output(cli("batch-set", '{"b": 1}', "--ttl", ttl))
    for key in ("a", "b"):
        assert low <= int(ask(ocm.redis_port, "PTTL", key)[1:]) <= high


def test_what_is_not_there(cli):
    result = cli("get", "missing")
    assert result.returncode == 1 and result.stdout == b"" and b"missing" in result.stderr
    result = cli("batch-get", "a", "b")
    assert result.returncode == 1 and json.loads(result.stdout) == {}


def test_keys(cli):
    for key in ("user:1", "user:2", "order:1", b"\xff\xfe"):
        output(cli("set", key, "x"))
    assert sorted(output(cli("keys")).splitlines()) == [b"order:1", b"user:1", b"user:2", b"\xff\xfe"]
    assert sorted(output(cli("keys", "--pattern=user:")).splitlines()) == [b"user:1", b"user:2"]
    assert output(cli("keys", "--pattern", "*:2")) == b"user:2\n"
    assert output(cli("keys", "--pattern", "none")) == b""
    assert output(cli("get", b"\xff\xfe")) == b"x"


def test_removing(cli):
    output(cli("batch-set", '{"a": 1, "b": 2, "c": 3}'))
    assert output(cli("invalidate", "a")) == b"" and cli("get", "a").returncode == 1
    assert output(cli("invalidate", "a")) == b""
    assert output(cli("get", "b")) == b"2"
    assert output(cli("invalidate")) == b"" and output(cli("keys")) == b""


def test_batches(cli):
    assert json.loads(output(cli("batch-set", '{"a": {"n": 1.10}, "b": "é"}'))) == {"a": True, "b": True}
    assert output(cli("get", "a")) == b'{"n": 1.10}'
    output(cli("set", "c", b"\xff"))
    found = {"a": {"n": 1.1}, "b": "é", "c": {"value": "/w==", "encoding": "base64"}}
    assert json.loads(output(cli("batch-get", "a", "b", "c"))) == found
    result = cli("batch-get", "a", "missing", "b", "c")
    assert result.returncode == 1 and json.loads(result.stdout) == found and b"missing" in result.stderr
    output(cli("batch-set", "-", piped_in=b'{"a": 2}'))
    assert output(cli("get", "a")) == b"2"


@pytest.mark.parametrize(
    "number", ["1e999", "-1E-999", "1.50", "-0", "0." + "123456789" * 20, "9" * 5000], ids=lambda number: number[:10]
)
def test_numbers_are_printed_as_they_are_stored(cli, number):
    output(cli("set", "k", f'{{"n": [{number}]}}'))
    assert output(cli("batch-get", "k")).decode() == f'{{\n  "k": {{\n    "n": [\n      {number}\n    ]\n  }}\n}}\n'


VALUE = {"empty": [{}, []], "list": [None, True, False, 1, "é\n", {"a": [1]}], "": {"b": {"c": -1.5}}}


def test_json_in_lines(cli):
    output(cli("set", "k", json.dumps(VALUE)))
    assert output(cli("batch-get", "k")).decode() == json.dumps({"k": VALUE}, indent=2, ensure_ascii=False) + "\n"
    deep = "[" * 500 + "]" * 500
    output(cli("set", "k", deep))
    assert output(cli("batch-get", "k")).split() == f'{{ "k": {" ".join(deep).replace("[ ]", "[]")} }}'.encode().split()


@pytest.mark.parametrize("text", [r'"\ud800"', r'{"a\udfff": "\ud800 \\ud800"}'])
def test_half_of_a_surrogate_pair(cli, text):
    output(cli("set", "k", text))
    assert output(cli("get", "k")).decode() == text
    assert json.loads(output(cli("batch-get", "k"))) == {"k": json.loads(text)}


def test_a_batch_of_which_something_is_not_stored(server):
    server.script(respond({"results": {"a": True, "b": False}, "errors": {"b": "OOM"}}))
    result = run("batch-set", '{"a": 1, "b": 2}', "--url", server.url)
    assert result.returncode == 1 and json.loads(result.stdout) == {"a": True, "b": False}


def test_options_may_stand_anywhere(ocm):
    for words in (["--url", ocm.url, "--token", ocm.token, "keys"], ["keys", "--url", ocm.url, "--token", ocm.token]):
        assert output(run(*words, OCM_URL="http://localhost:1", OCM_TOKEN="wrong")) == b""


def test_what_goes_wrong(ocm, server):
    result = run("get", "k", "--url", ocm.url, "--token", "wrong")
    assert result.returncode == 1 and result.stderr.startswith(b"cache-client: ")
    result = run("get", "k", "--url", f"http://localhost:{free_port()}", "--timeout", "2")
    assert result.returncode == 1 and b"ocm serve" in result.stderr and b"Traceback" not in result.stderr
    server.script(respond({"status": "unhealthy", "reason": "Redis is away"}, 503))
    result = run("healthcheck", "--url", server.url)
    assert result.returncode == 1 and b"Redis is away" in result.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["healthcheck"], ["stats"], ["keys"], ["get", "k"], ["set", "k", "1"], ["invalidate"], ["batch-get", "k"],
        ["batch-set", "{}"],
    ],
    ids=lambda words: words[0],
)  # fmt: skip
def test_a_server_that_is_another(server, words):
    server.script(respond({"message": "hello"}))
    result = run(*words, "--url", server.url)
    assert result.returncode == 1 and result.stdout == b""
    assert result.stderr.startswith(b"cache-client: the answer isn't one of ocm's") and result.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nosuch"],
        ["get"],
        ["get", "a", "b"],
        ["set", "k"],
        ["set", "k", "v", "--ttl", "soon"],
        ["set", "k", "v", "--ttl", "nan"],
        ["batch-get"],
        ["batch-set", "[1]"],
        ["batch-set", "{broken"],
        ["batch-set", b"\xff"],
        ["batch-set", '{"a": NaN}'],
        ["batch-get", b"\xff"],
        ["get", ""],
        ["set", "", "v"],
        ["invalidate", ""],
        ["batch-get", "a", ""],
        ["keys", "--timeout", "0"],
        ["keys", "--timeout", "-1"],
        ["keys", "--timeout", "nan"],
        ["keys", "--nosuch"],
        ["keys", "--url", "localhost:8000"],
        ["keys", "--token", "a\nb"],
        ["keys", "--timeout", "soon"],
    ],
)
def test_what_is_typed_wrongly(words):
    result = run(*words)
    assert result.returncode == 2 and result.stderr and not result.stdout
    assert b"Traceback" not in result.stderr and b"codec" not in result.stderr


@pytest.mark.parametrize("timeout", ["inf", "1e10", "0.999e7"])
def test_a_time_out_that_is_long(cli, timeout):
    assert output(cli("keys", "--timeout", timeout)) == b""


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("get large >/dev/full", b"No space left on device"),
        ("keys >/dev/full", b"No space left on device"),
        ("get large >&-", b"the standard output is closed"),
        ("keys >&-", b"the standard output is closed"),
        ("batch-get large >&-", b"the standard output is closed"),
        ("set k - <&-", b"the standard input is closed"),
    ],
)
def test_streams_that_fail(ocm, line, complaint):
    assert ask(ocm.redis_port, "SET", "large", b"x" * 100_000) == b"+OK"
    command = ["sh", "-c", f'"$0" -m cache_client {line}', sys.executable]
    variables = environment(OCM_URL=ocm.url, OCM_TOKEN=ocm.token)
    result = subprocess.run(command, capture_output=True, timeout=50, env=variables)
    assert result.returncode == 1 and result.stdout == b""
    assert complaint in result.stderr and result.stderr.count(b"\n") == 1


def test_no_output_is_needed_where_there_is_none(ocm):
    variables = environment(OCM_URL=ocm.url, OCM_TOKEN=ocm.token)
    for line in ("set k v >&- 2>&-", "set k v <&-", "invalidate k >&-", "get missing >&- 2>&- || [ $? = 1 ]"):
        command = ["sh", "-c", f'"$0" -m cache_client {line}', sys.executable]
        assert subprocess.run(command, capture_output=True, timeout=50, env=variables).returncode == 0, line


def test_a_reader_that_has_seen_enough(ocm):
    with CacheClient(ocm.url, ocm.token) as client:
        client.batch_set({f"key:{number}" * 20: 1 for number in range(5000)})
    command = [*MODULE, "--url", ocm.url, "--token", ocm.token, "keys"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_a_terminal(ocm, cli):
    output(cli("set", "k", "red: \x1b[31m\ttab\né"))
    master, terminal = os.openpty()
    command = [*MODULE, "--url", ocm.url, "--token", ocm.token, "get", "k"]
    subprocess.run(command, stdout=terminal, check=True, timeout=50)
    os.close(terminal)
    shown = os.read(master, 1000).replace(b"\r\n", b"\n")
    os.close(master)
    assert shown == "red: \\x1b[31m\ttab\né\n".encode()
