"""The command line, as the document shows it: our Python client's, and that of ocm itself."""

import json
import re
import shlex
import sys

import document
import pytest
from cache_client import CacheClient
from programs import ask, ocm_binary

USERS = {"user:123": {"name": "John"}, "user:456": {"name": "Jane"}}


def client_of(name):
    """What stands in the place of the document's `python src/api/cache_client.py`."""
    if name == "python":
        return f"{shlex.quote(sys.executable)} -m cache_client"
    return shlex.quote(str(ocm_binary()))


@pytest.fixture(params=["python", "ocm"])
def run(request, shell, ocm):
    """Runs a line of the document, and returns what it printed."""

    def run(line, status=0):
        command = line.replace("python src/api/cache_client.py", client_of(request.param))
        assert command != line
        result = shell(command, OCM_URL=ocm.url)
        assert result.returncode == status, result
        return result.stdout

    return run


@pytest.fixture
def client(ocm):
    with CacheClient(ocm.url) as client:
        client.batch_set(USERS)
        yield client


def check_healthcheck(run, client, ocm, line):
    assert re.search(r"\bhealthy\b", run(line))


def check_stats(run, client, ocm, line):
    answer = run(line)
    # ocm itself answers people; what programs are given is JSON.
    if answer.startswith("{"):
        assert json.loads(answer).keys() == client.get_stats().keys()
    else:
        assert re.search(r"limit +100\.0 MiB", answer)


def check_keys(run, client, ocm, line):
    client.set("order:1", 1)
    assert sorted(run(line).split()) == ["order:1", "user:123", "user:456"]


def check_keys_by_pattern(run, client, ocm, line):
    client.set("order:1", 1)
    assert sorted(run(line).split()) == ["user:123", "user:456"]


def check_get(run, client, ocm, line):
    assert json.loads(run(line)) == USERS["user:123"]
    client.invalidate("user:123")
    assert run(line, status=1) == ""


def check_set(run, client, ocm, line):
    run(line)
    assert client.get("user:123") == {"name": "John Doe"}
    assert 0 < int(ask(ocm.redis_port, "TTL", "user:123")[1:]) <= 60


def check_invalidate(run, client, ocm, line):
    run(line)
    assert client.keys() == ["user:456"]


def check_invalidate_all(run, client, ocm, line):
    run(line)
    assert client.keys() == []


def check_batch_get(run, client, ocm, line):
    assert json.loads(run(line, status=1)) == USERS
    client.set("user:789", 1)
    assert json.loads(run(line)) == USERS | {"user:789": 1}


def check_batch_set(run, client, ocm, line):
    client.invalidate()
    run(line)
    assert client.batch_get(USERS) == USERS
    for key in USERS:
        assert 0 < int(ask(ocm.redis_port, "TTL", key)[1:]) <= 60


CHECKS = [
    check_healthcheck,
    check_stats,
    check_keys,
    check_keys_by_pattern,
    check_get,
    check_set,
    check_invalidate,
    check_invalidate_all,
    check_batch_get,
    check_batch_set,
]


@pytest.mark.parametrize(("line", "check"), list(zip(document.COMMANDS, CHECKS, strict=True)))
def test_a_line(run, client, ocm, line, check):
    check(run, client, ocm, line)
