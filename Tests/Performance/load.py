"""One measurement of one server, under the load of one of two generators.

redis-benchmark is what everybody knows. But it spends about as much CPU time on a command as Redis does, so a server
that is faster than Redis soon waits for it; with `--threads 2` a command costs it twice as much, which doesn't help on
few cores. `native/generator.c` spends a half to a third of what redis-benchmark does.
"""

import csv
import json
import resource
import subprocess

import native

CLIENTS = 50
VALUE_SIZE = 64
KEYS = 10_000


class RedisBenchmark:
    """redis-benchmark with keys drawn evenly from the first `keys`, or, if they are to be `absent`, from as many others.

    It draws by time ^ process id, which is often what it was a few runs ago, so one run asks for what another did.
    Each run has absent keys of its own.
    """

    name = "redis-benchmark"

    def __init__(self, command="get", keys=KEYS, absent=False):
        self.command, self.keys, self.absent = command, keys, absent
        self.runs = 0

    def run(self, server, pipeline, requests):
        """Commands per second, and the CPU time in µs that the generator spent on each."""
        arguments = ["redis-benchmark", *server.address, "-c", CLIENTS, "-d", VALUE_SIZE, "-r", self.keys]
        arguments += ["-P", pipeline, "-n", requests, "--csv"]
        self.runs += 1
        arguments += [self.command, f"{self.runs:03}:__rand_int__"] if self.absent else ["-t", self.command]
        before = children_cpu_seconds()
        rows = list(csv.DictReader(output(arguments).splitlines()))
        cpu = (children_cpu_seconds() - before) * 1e6 / requests
        return {"speed": float(rows[-1]["rps"]), "generator": cpu}


class FreshKeys:
    """Keys of a population that a server hasn't been asked for: those behind the hot ones, in sequence, a sequence a
    server. It begins again at its end, which shows in the share of hits if a cache still has them."""

    def __init__(self, population):
        self.population, self.positions = population, {}

    def take(self, server, count):
        """The first of so many keys."""
        first = self.positions.get(server.name, KEYS)
        if first + count > self.population:
            first = KEYS
        self.positions[server.name] = first + count
        return first


class LeanGenerator:
    """The lean generator: `hot` percent of the commands read one of the first `KEYS` keys, the others a fresh one."""

    name = "lean generator"

    def __init__(self, hot=100, fresh=None):
        self.hot, self.fresh = hot, fresh

    def run(self, server, pipeline, requests, rate=None):
        """As redis-benchmark's, with latencies in µs. With a rate, a second's commands are sent as they are due."""
        # Chance decides how many keys are fresh: one percent of the requests more than it should be is enough.
        first = self.fresh.take(server, requests * (101 - self.hot) // 100) if self.fresh else 0
        return generate(server, pipeline, requests, self.hot, first, ["-R", rate] if rate else [])


def generate(server, pipeline, requests, hot, first, options=()):
    """Runs the lean generator; see there."""
    arguments = [native.program("generator"), *server.address, "-c", CLIENTS, "-d", VALUE_SIZE, "-k", KEYS]
    return json.loads(output([*arguments, "-P", pipeline, "-n", requests, "-H", hot, "-f", first, *options]))


def populate(server, keys):
    """Sets the first so many keys to values of `VALUE_SIZE` bytes."""
    step = 1_000_000
    for first in range(0, keys, step):
        generate(server, 64, min(step, keys - first), hot=0, first=first, options=["-w"])


def output(arguments):
    run = subprocess.run([str(word) for word in arguments], capture_output=True, text=True, timeout=300)
    if run.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, arguments))} failed:\n{run.stdout}{run.stderr}")
    return run.stdout


def children_cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def requests_for(load, server, pipeline, seconds):
    """How many commands take about so long."""
    return max(10_000, int(load.run(server, pipeline, 10_000 * min(pipeline, 16))["speed"] * seconds))


def sample(load, server, pipeline, requests):
    """What the load reports; the CPU time in µs for one command of the server, of its busiest thread and of the Redis
    behind it; and the share of hits, None if it counts none."""
    before = server.state()
    result = load.run(server, pipeline, requests)
    after = server.state()
    for name in ("cpu", "upstream"):
        result[name] = (after[name] - before[name]) * 1e6 / requests
    threads = [seconds - before["threads"].get(thread, 0) for thread, seconds in after["threads"].items()]
    result["busiest"] = max(threads) * 1e6 / requests
    hits, misses = (after[name] - before[name] for name in ("hits", "misses"))
    result["hits"] = hits / (hits + misses) if hits + misses else None
    return result
