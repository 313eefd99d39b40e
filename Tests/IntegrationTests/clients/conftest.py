"""A real Redis and ocm in front of it: each test runs against both, so that a failure tells whose fault it is."""

import shutil
import subprocess

import pytest
import redis
from programs import ask, ocm_server, wait_until


@pytest.fixture(scope="session")
def ocm_port(redis_port, tmp_path_factory):
    upstream = f"redis://127.0.0.1:{redis_port}"
    with ocm_server(tmp_path_factory.mktemp("ocm"), "--upstream", upstream, rest_port=0) as server:
        yield server.redis_port


@pytest.fixture(params=["direct", "through ocm"])
def port(request, redis_port, ocm_port):
    """The port of an empty server."""
    assert ask(redis_port, "FLUSHALL") == b"+OK"
    return redis_port if request.param == "direct" else ocm_port


@pytest.fixture
def wait_until_blocked(redis_port):
    """Waits until so many clients wait at Redis for something to come."""

    def wait(count):
        with redis.Redis(port=redis_port) as client:
            wait_until(f"{count} clients are blocked", lambda: client.info("clients")["blocked_clients"] == count)

    return wait


@pytest.fixture
def run():
    """Runs a program to its end and returns what it printed; fails with all of it when it fails."""

    def run(*command, **options):
        assert shutil.which(str(command[0])), f"there is no {command[0]}: run `make test-clients`"
        result = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=50, **options)
        assert result.returncode == 0, f"{command}:\n{result.stdout}\n{result.stderr}"
        return result.stdout

    return run
