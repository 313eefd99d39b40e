"""What the sidecars say of their caches, by which it is known what a run has tested."""

import time

PAUSE = 1.0
# One read in so many has to be a hit, at each sidecar: few, since faults empty the caches all the time.
READS_PER_HIT = 100


class Caches:
    """`most` has the highest of each figure that has been seen, by sidecar: what is compressed goes with every flush."""

    def __init__(self, scene):
        self.scene = scene
        self.most = []
        self.next_look = 0.0

    def look(self, at_once=False):
        """Once in a while, or at once."""
        now = time.monotonic()
        if now < self.next_look and not at_once:
            return
        self.next_look = now + PAUSE
        figures = self.scene.figures()
        before = self.most or figures
        self.most = [
            {name: max(old[name], new[name]) for name in new} for old, new in zip(before, figures, strict=True)
        ]

    def untested(self, reads):
        """What the caches never had to do, although it was meant to be judged."""
        result = []
        for site, figures in enumerate(self.most):
            if figures["hits"] * READS_PER_HIT < reads:
                result.append(f"hits: sidecar {site} had {figures['hits']} for {reads} reads")
        if self.most:
            small = self.most[0]
            if not small["evictions"]:
                result.append("evictions: sidecar 0 had room for everything")
            if not small["compressed_entries"]:
                result.append("compressed replies: sidecar 0 had none")
        return result
