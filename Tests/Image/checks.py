"""What has to be true of the image and of what runs from it. They talk to fixed ports: run them in a network namespace."""

import contextlib
import json
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

from container import Container, running
from load import HTTPClient, RedisClient

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "Conformance"))

import servers  # noqa: E402

LARGEST = 120_000_000
PASSWORD = "sesame"
REDIS_PORT, OCM_PORT, REST_PORT = 6379, 6380, 8000
UPSTREAM = {"OCM_UPSTREAM": f"redis://:{PASSWORD}@127.0.0.1:{REDIS_PORT}"}


def expect(condition, complaint):
    if not condition:
        raise SystemExit(f"FAILED: {complaint}")


def say(text):
    print(f"ok: {text}", flush=True)


@contextlib.contextmanager
def redis():
    """A Redis with a password. It answers an error without, which is enough to know that it is there."""
    command = ["redis-server", "--port", str(REDIS_PORT), "--save", "", "--requirepass", PASSWORD]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 15
        while not ask(REDIS_PORT, "PING").startswith(b"-NOAUTH") and time.monotonic() < deadline:
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def ask(port, *commands):
    """Sends lines, and returns what has come when the last one has been answered."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall("".join(f"{command}\r\n" for command in (*commands, "ECHO over")).encode())
            received = b""
            while not received.endswith((b"$4\r\nover\r\n", b"required.\r\n")):
                data = connection.recv(65536)
                if not data:
                    break
                received += data
            return received
    except OSError:
        return b""


def rest(method, path, body=None):
    request = urllib.request.Request(f"http://127.0.0.1:{REST_PORT}{path}", method=method)
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def check_description(image):
    """What is said of the image, its size, and that it starts nothing but the program."""
    size = image.size()
    print(f"image size: {size / 1e6:.1f} MB unpacked", flush=True)
    expect(size <= LARGEST, f"the image has {size} bytes, more than {LARGEST}")
    health = image.description["Docker"]["config"].get("Healthcheck") or {}
    expect(health.get("Test") == ["CMD", "/usr/bin/ocm", "healthcheck", "--live"], f"the health check is {health}")
    expect(image.config.get("StopSignal") == "SIGTERM", "the image isn't stopped with SIGTERM")
    expect(image.user.split(":")[0] not in ("", "0", "root"), "the image runs as root")
    labels = image.config["Labels"]
    for name in ("title", "description", "licenses", "version", "revision"):
        expect(labels.get(f"org.opencontainers.image.{name}"), f"the label {name} is missing")
    command = image.config["Entrypoint"] + image.config["Cmd"]
    expect(command == ["/usr/bin/ocm", "serve"], f"it runs {command}: that needs a shell or isn't ocm")
    say(f"user {image.user}, {len(labels)} labels, runs {' '.join(command)} without a shell")


def check_serving(image):
    """Both protocols, the health check, and the rights of what runs."""
    with redis(), running(image, UPSTREAM) as container:
        expect(container.status("Uid") == ["65532"] * 4, f"it runs as {container.status('Uid')}")
        expect(container.status("CapEff") == ["0000000000000000"], "it has capabilities")
        expect("ro" in container.root_mount(), f"its root isn't read-only: {container.root_mount()}")
        expect(container.status("NSpid")[-1] == "1", "it isn't the first process of its namespace")
        reply = ask(OCM_PORT, "SET greeting hello", "GET greeting")
        expect(reply.startswith(b"+OK\r\n$5\r\nhello\r\n"), f"SET and GET were answered {reply}")
        say("a RESP round trip, as user 65532 without capabilities, the root read-only")
        value = {"name": "John Doe"}
        rest("POST", "/api/cache/key/user:123", {"value": value, "ttl": 60})
        expect(rest("GET", "/api/cache/key/user:123")["value"] == value, "a value didn't come back over REST")
        expect(rest("GET", "/api/cache/key/greeting")["value"] == "hello", "REST doesn't see what RESP wrote")
        say("a REST round trip")
        check_health(image, {}, 0)
    check_health(image, {}, 1)
    say("ocm healthcheck: 0 when it serves, 1 when it doesn't")


def check_health(image, variables, status):
    container = Container(image, variables, command=image.config["Healthcheck"]["Test"][1:])
    found = container.wait()
    expect(found == status, f"the health check's status is {found}: {container.output()}")


def check_draining(image):
    """SIGTERM, to the first process of a namespace, while clients go on: what was taken is answered, then all ends."""
    with redis(), running(image, {**UPSTREAM, "OCM_THREADS": "2"}) as container:
        clients = [RedisClient(number, OCM_PORT) for number in range(20)]
        clients += [HTTPClient(number, REST_PORT) for number in range(20)]
        for client in clients:
            client.start()
        time.sleep(2)
        began = time.monotonic()
        container.terminate()
        status = container.wait()
        seconds = time.monotonic() - began
        for client in clients:
            client.join(30)
            expect(client.complaint is None, client.complaint)
        expect(status == 0, f"the status is {status}: {container.output()}")
        for client in clients:
            reply = ask(REDIS_PORT, f"AUTH {PASSWORD}", f"GET {client.key}")
            count = reply.split(b"\r\n")[2]
            expect(int(count) == client.acknowledged, f"{client.key}: {client.acknowledged} acknowledged, {count} done")
        requests = sum(client.acknowledged for client in clients)
        say(f"SIGTERM under load: drained in {seconds:.2f} s; of {requests} requests none failed or was done unanswered")


def memory_group():
    """The directory for a control group of ours, and the names of its limit and its peak, in whichever version there is."""
    fields = [line.split(":", 2) for line in pathlib.Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines()]
    for _, controllers, path in fields:
        if "memory" in controllers.split(","):
            parent = pathlib.Path(f"/sys/fs/cgroup/memory{path}")
            return parent / "ocm-image-check", "memory.limit_in_bytes", "memory.max_usage_in_bytes"
    path = next((path for _, controllers, path in fields if controllers == ""), "/")
    return pathlib.Path(f"/sys/fs/cgroup{path}") / "ocm-image-check", "memory.max", "memory.peak"


def check_memory(image):
    """A limit on its control group is what `auto` goes by, and what it stays within when it is filled."""
    group, limit, peak = memory_group()
    try:
        group.mkdir()
    except OSError as error:
        print(f"skipped: no control group can be made here: {error}")
        return
    try:
        if not (group / limit).exists():
            print("skipped: control groups can't limit memory here")
            return
        (group / limit).write_text(str(128 << 20), encoding="ascii")
        with running(image, {"OCM_MEMORY_LIMIT": "auto", "OCM_COMPRESSION": "off"}, cgroup=group) as container:
            expect("memory limit: 64 MiB" in container.output(), f"auto isn't half of the limit:\n{container.output()}")
            value = "x" * 65536
            for number in range(0, 4096, 64):
                ask(OCM_PORT, *(f"SET key:{key} {value}" for key in range(number, number + 64)))
            expect(container.process.poll() is None, f"it didn't survive:\n{container.output()}")
            percent = rest("GET", "/api/cache/stats")["memory_usage_percent"]
            expect(percent > 80, f"its memory wasn't filled: {percent} %")
            highest = int((group / peak).read_text(encoding="ascii")) >> 20
            say(f"256 MB written within a limit of 128 MiB: auto kept to 64 MiB of it, all together to {highest} MiB")
    finally:
        group.rmdir()
