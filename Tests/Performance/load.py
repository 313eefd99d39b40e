"""One measurement: redis-benchmark against one server."""

import csv
import subprocess

CLIENTS = 50
VALUE_SIZE = 64
KEYS = 10_000


def requests_per_second(server, command, pipeline, requests):
    """Sends `requests` commands and returns how many were answered a second."""
    arguments = ["redis-benchmark", *server.address, "-c", CLIENTS, "-d", VALUE_SIZE, "-r", KEYS, "-P", pipeline]
    arguments += ["-n", requests, "-t", command, "--csv"]
    run = subprocess.run([str(word) for word in arguments], capture_output=True, text=True, check=True, timeout=300)
    rows = list(csv.DictReader(run.stdout.splitlines()))
    return float(rows[-1]["rps"])


def sample(server, command, pipeline, requests):
    """Speed, and the server's CPU time for one command in microseconds."""
    before = server.cpu_seconds()
    speed = requests_per_second(server, command, pipeline, requests)
    return {"speed": speed, "cpu": (server.cpu_seconds() - before) * 1e6 / requests}
