"""The application and its sidecar, started with what compose.yaml and sidecar.yaml say: processes in place of containers, and
one machine in place of two, so that Redis has another address."""

import json
import os
import pathlib
import subprocess
import sys

from cluster import OCM
from test_files import DOCKER, VARIABLES, compose, containers, documents

# Root may make the others without one for users, which not every machine allows.
USERS = [] if os.geteuid() == 0 else ["--map-root-user"]
NAMESPACES = ["unshare", *USERS, "--net", "--pid", "--fork", "--kill-child"]


def run(pod):
    """What the application says, once the counter has been counted up and read twice."""
    line = [*NAMESPACES, sys.executable, pathlib.Path(__file__).with_name("pod.py")]
    result = subprocess.run(line, input=json.dumps({**pod, "lines": 4}), capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


def here(environment):
    """What the sidecar is told, with Redis on this machine."""
    upstream = environment["OCM_UPSTREAM"]
    assert "@redis:" in upstream
    return {**environment, "OCM_UPSTREAM": upstream.replace("@redis:", "@127.0.0.1:")}


def sidecar(words):
    """A command of the image, which has the program elsewhere."""
    program, *rest = words
    assert program == "/usr/bin/ocm"
    return [OCM, *rest]


def redis():
    service = compose(DOCKER / "compose.yaml")["services"]["redis"]
    kind, *check = service["healthcheck"]["test"]
    assert kind == "CMD"
    return {"redis": service["command"], "redis_check": check}, service["environment"]


def test_compose():
    services = compose(DOCKER / "compose.yaml")["services"]
    server, environment = redis()
    app = services["app"]
    told = run({
        **server,
        "ocm": [OCM, "serve"],
        "ocm_checks": [[OCM, "healthcheck"]],
        "app": app["entrypoint"] + app["command"],
        "environment": {"redis": environment, "ocm": here(services["ocm"]["environment"]), "app": {}},
    })
    assert told == ["1", "1", "2", "2"]


def test_kubernetes():
    deployment = documents(DOCKER / "kubernetes/sidecar.yaml")[0]
    ocm, app = containers(deployment)
    # From the secret that the comment at the top says to make.
    secret = f"redis://:{VARIABLES['REDIS_PASSWORD']}@redis:6379"
    variables = {each["name"]: each.get("value", secret) for each in ocm["env"]}
    server, environment = redis()
    told = run({
        **server,
        "ocm": [OCM, "serve"],
        "ocm_checks": [sidecar(ocm[probe]["exec"]["command"]) for probe in ("startupProbe", "readinessProbe", "livenessProbe")],
        "app": app["command"] + app["args"],
        "environment": {"redis": environment, "ocm": here(variables), "app": {}},
    })
    assert told == ["1", "1", "2", "2"]
