#!/usr/bin/env python3
"""Redis's own test suite, against Redis itself and through ocm, compared test by test.

The suite runs in its external mode: it talks to a server that is already there. `baseline.txt` has the tests that pass
against Redis itself. Through ocm each of them has to pass too, but for those that the table 'Differences from Redis'
of the README gives a reason for.
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
BASELINE = pathlib.Path(__file__).with_name("baseline.txt")
CACHE = ROOT / ".build-conformance"
TIME_LIMIT = 1500
LEAST_PASSES = 1950
HEADING = "## Differences from Redis"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ocm", default=ROOT / ".build/release/ocm", type=pathlib.Path, help="the binary")
    parser.add_argument("--direct", action="store_true", help="run against Redis itself first, and compare with that")
    parser.add_argument("--update-baseline", action="store_true", help="run against Redis itself, write baseline.txt")
    parser.add_argument("--single", action="append", metavar="UNIT", help="only this unit, such as unit/type/list")
    return parser.parse_args()


def run_direct(tree, options):
    print("Redis's suite against Redis itself", flush=True)
    with servers.redis() as port:
        return suite.run(tree, port, CACHE / "direct.log", options, TIME_LIMIT)


def run_through(tree, binary, options):
    print("Redis's suite through ocm", flush=True)
    with servers.redis() as upstream, servers.ocm(binary, upstream) as port:
        return suite.run(tree, port, CACHE / "through.log", options, TIME_LIMIT)


def known_differences():
    """The tests in the README's table, which a reader should find there, with the reason for each."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition(HEADING)[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| (.+?) \|$", section, flags=re.MULTILINE)
    return dict(rows)


def report(result, expected, whole):
    """Prints how the run compares; returns whether that is good enough."""
    passed = sum((result.passes & expected).values()) if whole else sum(result.passes.values())
    known = known_differences()
    missing = expected - result.passes
    if not whole:
        units = {name.partition(":")[0] for outcome in result.tests.values() for name in outcome}
        missing = collections.Counter({k: v for k, v in missing.items() if k.partition(":")[0] in units})
    good = True
    for name in sorted(missing):
        if name in known:
            print(f"differs as the README says: {name}: {known[name]}")
            continue
        good = False
        outcome = next((o for o in ("err", "ignore", "skip") if result.tests[o][name]), "not run")
        print(f"DIFFERS: {name} ({outcome})")
        for line in result.details.get(name, [])[:8]:
            print(f"    {line}")
    for name in sorted(set(known) - set(missing)) if whole else []:
        print(f"passes, although the README says that it doesn't: {name}")
    if not good and not result.finished:
        print("the suite broke off; it ended with", *result.tail, sep="\n    ")
    print(f"{passed} of {sum(expected.values())} tests that pass against Redis itself pass through ocm")
    return good and (passed >= LEAST_PASSES or not whole)


def main():
    options = arguments()
    source.install_packages()
    tree = source.fetch(CACHE)
    suite_options = ["--tags", "-slow"]
    for unit in options.single or []:
        suite_options += ["--single", unit]
    if options.update_baseline:
        passes = run_direct(tree, suite_options).passes
        BASELINE.write_text("".join(f"{name}\n" for name in sorted(passes.elements())), encoding="utf-8")
        print(f"wrote {sum(passes.values())} tests to {BASELINE}")
        return 0
    expected = collections.Counter(BASELINE.read_text(encoding="utf-8").splitlines())
    if options.direct:
        expected = run_direct(tree, suite_options).passes
    result = run_through(tree, options.ocm.resolve(), suite_options)
    return 0 if report(result, expected, whole=not options.single) else 1


if __name__ == "__main__":
    sys.exit(main())
