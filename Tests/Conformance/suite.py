"""Runs Redis's test suite against a server and reads what it says."""

import collections
import re
import subprocess
import sys
import time

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
OUTCOME = re.compile(r"^\[(ok|err|ignore|skip)\]: (.*)$")
DURATION = re.compile(r" \(\d+ ms\)$")
PLACE = re.compile(r" in tests/\S+\.tcl$")
UNIT = re.compile(r"^\[\d+/\d+ done\]: (\S+)")
STARTED = re.compile(r"^Testing (unit/\S+|integration/\S+)")


class Result:
    """The outcome of a run: names of tests by outcome, how often each; and whether the suite came to its end."""

    def __init__(self):
        self.tests = {outcome: collections.Counter() for outcome in ("ok", "err", "ignore", "skip")}
        self.details = {}
        self.finished = False
        self.tail = []

    @property
    def passes(self):
        return self.tests["ok"]


def run(tree, port, log_path, arguments, time_limit):
    """Runs the suite in `tree` against 127.0.0.1:`port`; everything it says goes to `log_path`, a line a unit to us."""
    command = ["./runtest", "--host", "127.0.0.1", "--port", str(port), *arguments]
    result = Result()
    unit, failed, deadline = "", None, time.monotonic() + time_limit
    with open(log_path, "w", encoding="utf-8") as log:
        suite = subprocess.Popen(
            command, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
        for line in suite.stdout:
            line = COLOURS.sub("", line.rstrip("\n"))
            log.write(line + "\n")
            log.flush()
            result.tail = [*result.tail[-29:], line]
            if started := STARTED.match(line):
                unit = started[1]
            if outcome := OUTCOME.match(line):
                name = f"{unit}: {PLACE.sub('', DURATION.sub('', outcome[2]))}"
                result.tests[outcome[1]][name] += 1
                failed = name if outcome[1] == "err" else None
            elif done := UNIT.match(line):
                print(f"  {done[1]}: {sum(result.passes.values())} passed so far", flush=True)
                failed = None
            elif failed:
                result.details.setdefault(failed, []).append(line)
            if time.monotonic() > deadline:
                suite.kill()
                print(f"the suite was stopped after {time_limit} s", file=sys.stderr)
        suite.wait()
    # The suite ends with this line, or with a list of failed tests; anything else means that it broke off.
    result.finished = any("All tests passed" in line or "tests failed" in line for line in result.tail) or any(
        line.startswith("!!! WARNING The following tests failed") for line in result.tail
    )
    return result
