"""What schemathesis makes of the OpenAPI document: requests that it allows, and such that it doesn't."""

import json
import pathlib
import subprocess
import sys

import pytest

CONFIGURATION = pathlib.Path(__file__).parent / "schemathesis.toml"
PROGRAM = pathlib.Path(sys.executable).parent / "schemathesis"
COMMANDS = [
    ["PING"],
    ["ECHO", "text"],
    ["SET", "command", "value", "EX", 60],
    ["SET", "command", 1.5],
    ["GET", "command"],
    ["GET", "missing"],
    ["INCRBY", "command:number", 7],
    ["HSET", "command:hash", "field", "value"],
    ["HGETALL", "command:hash"],
    ["GET", "command:hash"],
    ["MGET", "command", "missing"],
    ["TTL", "command"],
]


def restrained(document):
    """The document, but for what must not be made up."""
    paths = document["paths"]
    # Commands could shut Redis down; what is sent is one of these, and test_commands.py sees to the rest.
    command = paths["/api/command"]["post"]["requestBody"]["content"]["application/json"]
    command["schema"] = {"enum": COMMANDS}
    command["examples"] = {str(number): {"value": words} for number, words in enumerate(COMMANDS)}
    # A cursor that isn't from a page before is refused, which no schema can say.
    keys = paths["/api/cache/keys"]["get"]
    keys["parameters"] = [parameter for parameter in keys["parameters"] if not parameter["$ref"].endswith("/Cursor")]
    del keys["responses"]["200"]["links"]
    del document["components"]["parameters"]["Cursor"]
    return document


@pytest.mark.timeout(120)
def test_everything_holds(ocm, tmp_path):
    document = restrained(ocm.rest.get("/api/openapi.json").json)
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    command = [
        PROGRAM,
        "--config-file",
        CONFIGURATION,
        "run",
        tmp_path / "openapi.json",
        "--url",
        f"http://127.0.0.1:{ocm.port}",
    ]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout[-20_000:] + result.stderr[-2_000:]
    assert ocm.rest.get("/readyz").json == {"status": "ready"}
