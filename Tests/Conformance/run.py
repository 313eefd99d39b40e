#!/usr/bin/env python3
"""Redis's own test suite, against Redis itself and through ocm, compared test by test.

The suite runs in its external mode: it talks to a server that is already there. A baseline has the tests that pass
against Redis itself. Through ocm each of them has to pass too, but for those that the table 'Differences from Redis'
of the README gives a reason for: in every run, unless the reason begins with 'With the cache', 'With RESP3' or the like;
'The same' goes for the runs of the row before.

It runs three times: as it is, with the local cache and without, and, as far as it allows that, with a client that says
HELLO 3 first. Redis 7.0's suite knows RESP3 from a few tests of its own only; most units don't care which version they
speak, some wait for ever for replies as RESP2 has them.
"""

import argparse
import collections
import pathlib
import re
import sys

import servers
import source
import suite

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = ROOT / ".build-conformance"
TIME_LIMIT = 1500
HEADING = "## Differences from Redis"
RESP3_UNITS = [
    *(f"unit/type/{name}" for name in ["string", "incr", "list", "list-3", "set", "zset", "hash", "stream"]),
    *(f"unit/{name}" for name in ["keyspace", "scan", "sort", "expire", "other", "multi", "quit", "pubsub"]),
    *(f"unit/{name}" for name in ["scripting", "functions", "bitops", "bitfield", "geo", "hyperloglog", "slowlog"]),
]


class Run:
    """One way to run the suite."""

    def __init__(self, protocol, tree, units, least_passes, flags=()):
        self.protocol = protocol
        self.flags = flags
        self.name = " ".join([protocol, *flags])
        self.tree = tree
        self.units = units
        self.least_passes = least_passes
        self.baseline = pathlib.Path(__file__).with_name(f"baseline-{protocol.lower()}.txt")

    def meets(self, reason):
        """Whether a reason is one for this run."""
        condition = re.match(r"With(out)? (the cache|RESP[23])\b", reason)
        if not condition:
            return True
        holds = "--no-cache" not in self.flags if condition[2] == "the cache" else self.protocol == condition[2]
        return not holds if condition[1] else holds

    @property
    def options(self):
        return ["--tags", "-slow", *(word for unit in self.units for word in ("--single", unit))]

    def direct(self):
        print(f"Redis's suite against Redis itself, {self.protocol}", flush=True)
        with servers.redis() as port:
            return suite.run(self.tree, port, CACHE / f"direct-{self.protocol}.log", self.options, TIME_LIMIT)

    def through(self, binary):
        print(f"Redis's suite through ocm, {self.name}", flush=True)
        log = CACHE / f"through-{self.name.replace(' ', '')}.log"
        with servers.redis() as upstream, servers.ocm(binary, upstream, self.flags) as port:
            return suite.run(self.tree, port, log, self.options, TIME_LIMIT)

    def update_baseline(self):
        passes = self.direct().passes
        self.baseline.write_text("".join(f"{name}\n" for name in sorted(passes.elements())), encoding="utf-8")
        print(f"wrote {sum(passes.values())} tests to {self.baseline}")

    def expected(self, measure):
        if measure:
            return self.direct().passes
        return collections.Counter(self.baseline.read_text(encoding="utf-8").splitlines())


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ocm", default=ROOT / ".build/release/ocm", type=pathlib.Path, help="the binary")
    parser.add_argument("--direct", action="store_true", help="run against Redis itself first, and compare with that")
    parser.add_argument("--update-baseline", action="store_true", help="run against Redis itself, write the baselines")
    parser.add_argument("--single", action="append", metavar="UNIT", help="only this unit, such as unit/type/list")
    parser.add_argument("--protocol", choices=["RESP2", "RESP3"], help="only the run with this protocol")
    return parser.parse_args()


def runs(options):
    tree = source.fetch(CACHE)
    single = options.single or []
    every = [
        Run("RESP2", tree, single, 0 if single else 1950),
        Run("RESP2", tree, single, 0 if single else 1950, ["--no-cache"]),
    ]
    if units := [unit for unit in RESP3_UNITS if unit in single] if single else RESP3_UNITS:
        every.append(Run("RESP3", source.with_resp3(tree), units, 0))
    return [run for run in every if options.protocol in (None, run.protocol)]


def known_differences(run):
    """The tests in the README's table that differ in this run, which a reader should find there, with their reasons."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition(HEADING)[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| (.+?) \|$", section, flags=re.MULTILINE)
    known, whole = {}, ""
    for name, reason in rows:
        if not reason.startswith("The same"):
            whole = reason
        if run.meets(whole):
            known[name] = reason
    return known


def unit_of(name):
    return name.partition(":")[0]


def report(run, result, expected):
    """Prints how the run compares; returns whether that is good enough."""
    if run.units:
        expected = collections.Counter({name: n for name, n in expected.items() if unit_of(name) in run.units})
    untested = set(run.units) - {unit_of(name) for name in expected}
    for unit in sorted(untested):
        print(f"there is no test of {unit} that passes against Redis itself")
    passed = sum((result.passes & expected).values())
    known = known_differences(run)
    missing = expected - result.passes
    for name in sorted(set(missing) & set(known)):
        print(f"differs as the README says: {name}: {known[name]}")
    unexpected = sorted(set(missing) - set(known))
    for name in unexpected:
        outcome = next((o for o in ("err", "ignore", "skip") if result.tests[o][name]), "not run")
        print(f"DIFFERS: {name} ({outcome})", *result.details.get(name, [])[:8], sep="\n    ")
    for name in sorted(set(known) & set(expected) - set(missing)):
        print(f"passes, although the README says that it doesn't: {name}")
    if unexpected and not result.finished:
        print("the suite broke off; it ended with", *result.tail, sep="\n    ")
    print(f"{run.name}: {passed} of {sum(expected.values())} tests that pass against Redis itself pass through ocm")
    return not unexpected and not untested and passed >= run.least_passes


def main():
    options = arguments()
    source.install_packages()
    chosen = runs(options)
    good = bool(chosen)
    for run in chosen:
        if options.update_baseline:
            if not run.flags:
                run.update_baseline()
        else:
            expected = run.expected(measure=options.direct)
            good = report(run, run.through(options.ocm.resolve()), expected) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
