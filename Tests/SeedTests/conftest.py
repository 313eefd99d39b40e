"""Everything that the document shows is tried twice: with ocm serving from memory, and before a real Redis."""

import json
import os
import subprocess

import pytest
from programs import ask, ocm_server


@pytest.fixture(scope="session", params=["embedded", "redis"])
def running_ocm(request, redis_port, tmp_path_factory):
    upstream = ["--upstream", f"redis://127.0.0.1:{redis_port}"] if request.param == "redis" else []
    with ocm_server(tmp_path_factory.mktemp("ocm"), *upstream) as server:
        server.has_redis = request.param == "redis"
        yield server


@pytest.fixture
def ocm(running_ocm):
    """An empty ocm."""
    assert ask(running_ocm.redis_port, "FLUSHALL") == b"+OK"
    return running_ocm


@pytest.fixture
def localize(ocm):
    """Puts the server's port in the place of the document's."""
    return lambda text: text.replace("http://localhost:8000", ocm.url)


@pytest.fixture
def shell(localize, tmp_path):
    """Runs what somebody would type, and returns its status and what it printed."""
    # So curl tells what came without another word on its command line.
    (tmp_path / ".curlrc").write_text('silent\nshow-error\nwrite-out = "\\n%{http_code}\\n%{content_type}"\n')
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OCM_")}

    def shell(command, **environment):
        environment = kept | {"CURL_HOME": str(tmp_path)} | environment
        return subprocess.run(
            ["bash", "-c", localize(command)], capture_output=True, text=True, timeout=50, env=environment
        )

    return shell


@pytest.fixture
def curl(shell):
    """Runs a line with curl, and returns the status and the JSON that came."""

    def curl(command):
        assert command.startswith("curl ")
        result = shell(command)
        assert result.returncode == 0, result.stderr
        body, status, kind = result.stdout.rsplit("\n", 2)
        assert kind.partition(";")[0] == "application/json"
        return int(status), json.loads(body)

    return curl
