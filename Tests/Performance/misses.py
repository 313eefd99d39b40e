"""What the cache costs when it doesn't help: half hits, and no hits at all, beside `ocm --no-cache`.

All contestants are in front of the same redis-server, and ocm's cache is full before anything is measured, so that
every entry that comes in drives another one out.
"""

import contestants
import load
import rounds
import warm
from report import Bar, Report, show

OFF, ON = "ocm --no-cache", "ocm"
BOUND = 0.9
SHARE_BOUND = 1
POPULATION = 8_000_000
ABSENT = 2_000_000_000
FILL = 1_000_000
HELP = """\
How the shares come about: redis-benchmark draws keys evenly. No hits: from two thousand million keys that Redis doesn't
have, others in each run, so each is asked for once and its absence is what is cached. Half hits: from twice as many keys as the
full cache had entries, all present. The lean generator reads keys in sequence, each once, all present; for half hits,
every other command, by chance, reads one of 10,000 hot keys. The column `hits` is INFO's ocm_cache_hits ÷ (hits +
misses), a median by pipeline.
"""


def run(options):
    report, ratios, shares = Report(), [], []
    with contestants.Field(options.ocm) as field:
        direct = field.redis(unix=False)
        load.populate(direct, POPULATION)
        off, on = field.forwarding(False, direct, OFF), field.caching(False, direct, ON)
        warm.warm(on)
        cache = fill(on)
        entries, used = cache["entries"], cache["memory_used"] / cache["memory_limit"]
        fresh = load.FreshKeys(POPULATION - FILL)
        twice = min(2 * entries, POPULATION)
        loads = [
            ("no hits", load.RedisBenchmark(keys=ABSENT, absent=True)),
            ("no hits", load.LeanGenerator(hot=0, fresh=fresh)),
            ("half hits", load.RedisBenchmark(keys=twice)),
            ("half hits", load.LeanGenerator(hot=50, fresh=fresh)),
        ]
        report.say(f"The cache has {entries:,} entries, {used:.0%} of its limit; half hits are of {twice:,} keys.\n")
        for kind, generator in loads:
            most = most_requests(generator, options)
            cells = {p: measure(generator, [direct, off, on], p, most, options) for p in options.pipelines}
            tabulate(report, f"{kind}, {generator.name}", cells, direct.name)
            for pipeline, samples in cells.items():
                report.samples[f"{kind}, {generator.name}, {pipeline}"] = samples
                if kind == "no hits":
                    place = f"{generator.name}, P {pipeline}"
                    ratios.append((rounds.ratio(samples, ON, OFF), place))
                    shares += [(100 * sample["hits"], place) for sample in samples[ON]]
    report.say(HELP)
    report.bars.append(Bar("no hits : --no-cache", BOUND, ratios))
    report.bars.append(Bar("share of hits among no hits", SHARE_BOUND, shares, at_least=False, unit=" %"))
    return report


def fill(server):
    """Reads more keys than fit until the first are driven out: they have to come round to be kept."""
    for _ in range(3):
        load.generate(server, 16, FILL, hot=0, first=POPULATION - FILL)
        cache = server.cache_info()
        if cache["evictions"]:
            return cache
    raise SystemExit(f"after three passes over {FILL:,} keys there are only {cache['entries']:,} in the cache")


def most_requests(generator, options):
    """With how many requests a sample the fresh keys last for both loads that take of them."""
    # A second load takes half as many as the first. Once in each cell it is found out how fast a server is.
    samples = len(options.pipelines) * (options.rounds + 1) * 1.5
    return int((POPULATION - FILL) / samples) if generator.name == load.LeanGenerator.name else None


def measure(generator, servers, pipeline, most, options):
    # Half the time of other parts: fresh keys run out.
    requests = {s.name: load.requests_for(generator, s, pipeline, options.seconds / 2) for s in servers}
    if most:
        requests = {name: min(most, count) for name, count in requests.items()}
    return rounds.interleaved(
        servers, options.rounds, lambda server: load.sample(generator, server, pipeline, requests[server.name])
    )


def tabulate(report, title, cells, direct):
    header = [title, *(f"P {pipeline}" for pipeline in cells), "µs/cmd", "µs/cmd of Redis", "hits"]
    rows = []
    for name in (direct, OFF, ON):
        figures, hits = [], []
        for samples in cells.values():
            speed = rounds.median(samples, name, "speed")
            figures.append(f"{speed / 1e3:.0f} k/s" if name == direct else f"{rounds.ratio(samples, name, direct):.2f}")
            hits.append(rounds.median(samples, name, "hits"))
        own, redis = (
            " / ".join(show(rounds.median(samples, name, figure)) for samples in cells.values())
            for figure in ("cpu", "upstream")
        )
        shares = " / ".join(f"{share:.1%}" for share in hits if share is not None)
        rows.append([name, *figures, own, "" if name == direct else redis, shares])
    rows.append([f"{ON} : {OFF}", *(f"{rounds.ratio(samples, ON, OFF):.2f}" for samples in cells.values()), "", "", ""])
    report.table(header, rows)
