#!/usr/bin/env python3
"""Checks coherence.pml, the model of the local cache's coherence protocol, with spin.

The protocol must have no violation in any configuration: each is searched exhaustively. With any one rule broken there
must be a counterexample: the search is breadth first, so it is a shortest one. Whatever is found otherwise fails.
"""

import argparse
import collections
import concurrent.futures
import pathlib
import re
import subprocess
import sys

MODEL = pathlib.Path(__file__).with_name("coherence.pml")
WORK = MODEL.parents[2] / ".build-model"
AT_ONCE = 2
MEGABYTES = 2400  # for one search
DEEPEST = 1_000_000

# What can happen, as flags. LOADn: commands that may be under way on connection n; DEPTH: with our own.
CONFIGURATIONS = {
    "rounds": "PROMPT EVICTION WRITES=2 LOAD0=1 LOAD1=1 LOAD2=1 DEPTH=2",
    "scripts": "SCRIPTS EVICTION WRITES=1 LOAD0=1 LOAD1=1 LOAD2=1 DEPTH=2",
    "pipelines": "PROMPT EVICTION WRITES=1 LOAD0=2 LOAD1=1 LOAD2=1 DEPTH=2",
    "swaps": "PROMPT SWAPS WRITES=2 LOAD0=1 LOAD1=1 LOAD2=1 DEPTH=2",
    "connections": "PROMPT LOSSES=1 WRITES=1 LOAD0=1 LOAD1=1 LOAD2=1 DEPTH=4",
    "feeds": "FEEDLOSSES=2 WRITES=1 LOAD0=1 LOAD1=0 LOAD2=1 DEPTH=4",
    "both": "PROMPT LOSSES=1 FEEDLOSSES=1 WRITES=1 LOAD0=1 LOAD1=0 LOAD2=1 DEPTH=5",
}

# Flag, configuration, the rule and how the flag breaks it.
BROKEN_RULES = [
    ("NOPURGE", "rounds", "a write's reply leaves entries and lease"),
    ("NOBEHIND", "pipelines", "a session with a write outstanding hits"),
    ("NOBEHINDREAD", "pipelines", "a session with a read outstanding hits"),
    ("NOREVOKE", "rounds", "the feed drops entries but not the lease"),
    ("SHAREDLEASE", "rounds", "two connections hold the lease"),
    ("NODOUBT", "rounds", "a leased read's reply doubts no entries"),
    ("DOUBTOTHERS", "scripts", "a leased read's reply doubts other ids' entries, not its own id's"),
    ("NODOUBTREAD", "rounds", "another read's reply doubts nothing"),
    ("NODOUBTLEASE", "rounds", "another read's reply doubts nothing when there is a lease but no entry"),
    ("NOHOLD", "scripts", "the reply of a write whose keys can't be known isn't held"),
    ("EARLYHOLD", "scripts", "it is held for news that was asked for before"),
    ("NOBEHINDHELD", "scripts", "the session for which it is held hits"),
    ("EARLYROUND", "rounds", "a doubt is settled by the round under way"),
    ("FEEDONLY", "connections", "a round doesn't ask the tracked connections"),
    ("NODROP", "connections", "what a lost connection filled stays"),
    ("KEEPLEASE", "connections", "a lost connection's lease stays"),
    ("NOGATE", "feeds", "the cache isn't flushed when the feed is lost"),
    ("LATELEASE", "feeds", "a connection that doesn't track for the current feed gets a lease"),
    ("STALECONFIRM", "feeds", "TRACKING for an older feed counts for the current one"),
    ("LATEJOIN", "pipelines", "a session joins a flight of a key in doubt"),
    ("JOINBEHIND", "pipelines", "a session with a write outstanding joins a flight"),
    ("LATESWAP", "swaps", "the gate is open while a SWAPDB is outstanding"),
]

Result = collections.namedtuple("Result", "errors complete states seconds output")


def run(command, directory):
    done = subprocess.run(command, cwd=directory, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} fails in {directory}:\n{done.stdout}")
    return done.stdout


def search(name, flags, breadth_first):
    """Builds the verifier in a directory of its own, where a counterexample's trail stays, and runs it."""
    directory = WORK / name
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.iterdir():
        old.unlink()
    (directory / MODEL.name).write_bytes(MODEL.read_bytes())
    run(["spin", *(f"-D{flag}" for flag in flags), "-a", MODEL.name], directory)
    options = ["-DSAFETY", "-DNOREDUCE", f"-DMEMLIM={MEGABYTES}", *(["-DBFS"] if breadth_first else [])]
    run(["gcc", "-O2", "-w", *options, "-o", "pan", "pan.c"], directory)
    output = run(["./pan", "-n", "-w22", *([] if breadth_first else [f"-m{DEEPEST}"])], directory)
    errors = re.search(r"errors: (\d+)", output)
    states = re.search(r"(\d+) states, stored", output)
    seconds = re.search(r"elapsed time ([\d.]+)", output)
    if not (errors and states and seconds):
        raise SystemExit(f"pan says nothing understood in {directory}:\n{output}")
    complete = "Search not completed" not in output and "max search depth too small" not in output
    return Result(int(errors[1]), complete, int(states[1]), float(seconds[1]), output)


def verdict(result, broken):
    """Whether it is as it should be, and what to say."""
    if result.errors:
        # Errors other than assertions are the model's own, an array or a channel that is too small.
        said = re.search(r"pan:1: (.*) \(at depth (\d+)\)", result.output)
        violated = said is not None and said[1].startswith("assertion violated") and "DEPTH" not in said[1]
        what = f"counterexample, {said[2]} steps" if violated else f"broken model: {said and said[1]}"
        return broken and violated, what
    if not result.complete:
        return False, "search incomplete"
    return not broken, "no violation"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("only", nargs="*", help="configurations and broken rules to check; all by default")
    only = parser.parse_args().only
    checks = [(name, name, "the protocol as it is", False) for name in CONFIGURATIONS]
    checks += [(flag, configuration, rule, True) for flag, configuration, rule in BROKEN_RULES]
    unknown = set(only) - {name for name, *_ in checks}
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    checks = [check for check in checks if not only or check[0] in only]

    def perform(check):
        name, configuration, _, broken = check
        flags = CONFIGURATIONS[configuration].split() + ([name] if broken else [])
        return search(name, flags, breadth_first=broken)

    good = True
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for (name, _, rule, broken), result in zip(checks, pool.map(perform, checks)):
            right, what = verdict(result, broken)
            good = good and right
            figures = f"{result.states:>10,} states {result.seconds:5.1f} s"
            print("ok " if right else "BAD", f"{name:13} {rule:83}", figures, what, flush=True)
    if not good:
        print(f"to follow a counterexample: spin -t -p -g {MODEL.name} in {WORK}/NAME, with its -D flags")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
