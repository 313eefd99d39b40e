#!/usr/bin/env python3
"""Is the cache coherent? Two sidecars before one Redis, many clients, faults; and every reply is judged.

For each key, and whichever command or HTTP request reads it:

1. A client reads its own writes, and never something older than it has read before.
2. A read that starts after a client of the same sidecar was told of a version returns that version or a later one.
3. After a second without writes every client sees the server's own state; and at no time one that the server left
   seconds ago.
4. A value is one that was written to that key, a write finds what the writes before it left, and the only errors are
   those that tell of lost connections.

Nothing is known of how a sidecar works, so this holds for any: `--direct` puts Redis itself in their place.
"""

import argparse
import pathlib
import random
import sys
import time

import report
from caches import Caches
from crew import Crew
from faults import Faults
from scene import Scene

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ocm", default=ROOT / ".build/release/ocm", type=pathlib.Path, help="the binary")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--seed", type=int, help="of the commands and faults drawn; their timing it can't repeat")
    parser.add_argument("--direct", action="store_true", help="Redis itself in the sidecars' place: checks the checker")
    parser.add_argument("--calm", action="store_true", help="without faults")
    return parser.parse_args()


def main():
    options = arguments()
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    print(f"coherence: {options.seconds:.0f} s, seed {seed}", flush=True)
    with Scene(None if options.direct else options.ocm.resolve()) as scene, Crew(scene.topology(), seed) as crew:
        caches = Caches(scene)
        faults = Faults(random.Random(seed), scene, crew.hold, crew.resume)
        began = time.monotonic()
        next_fault = began + (float("inf") if options.calm else 1)
        # A violation ends the run soon: what follows would mostly be the same one again.
        while time.monotonic() < min(began + options.seconds, (crew.violated_at or float("inf")) + 0.5):
            crew.listen(min(0.1, max(0, next_fault - time.monotonic())))
            caches.look()
            if time.monotonic() >= next_fault:
                faults.inject()
                next_fault = time.monotonic() + faults.pause()
            if scene.crashed():
                return 1
        crew.stop()
        seconds = time.monotonic() - began
        caches.look(at_once=True)
    print(report.summary(seconds, crew.counts, caches.most, faults.counts, seed))
    untested = caches.untested(sum(each["reads"] for each in crew.counts))
    for each in untested:
        print(f"not tested: {each}")
    return 1 if crew.violated_at or untested else 0


if __name__ == "__main__":
    sys.exit(main())
