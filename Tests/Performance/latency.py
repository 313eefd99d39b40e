"""How long a command takes: at moderate load, beside redis-server, and with a Redis that is a millisecond away.

Latencies are the lean generator's, whose commands leave when they are due, however slow the replies are; the speed is
that of 50 clients, each with one command under way.
"""

import contestants
import load
import rounds
import warm
from report import Bar, Report

PERCENTILES = ["p50", "p99", "p99.9"]
RATE = 10_000
POPULATION = 1_000_000
DISTANCE = 1.0
DISTANCE_BOUND = 0.9
HITS, MISSES = "ocm, hits", "ocm, misses"


def run(options):
    report = Report()
    with contestants.Field(options.ocm) as field:
        redis = field.redis(unix=False)
        load.populate(redis, POPULATION)
        beside = compare(report, field, redis, "a Redis next door", options)
        far = field.delayed(redis, DISTANCE, f"redis-server, {DISTANCE:g} ms away")
        compare(report, field, far, f"a Redis {DISTANCE:g} ms away", options)
        report.bars.append(distance(report, field, redis, far, options))
    report.say(f"Latencies in µs at {RATE:,} commands a second over {load.CLIENTS} connections, pipeline 1.\n")
    worst = [(rounds.ratio(beside, HITS, redis.name, "p99"), "")]
    figures = " and ".join(f"{rounds.median(beside, name, 'p99'):.0f} µs" for name in (HITS, redis.name))
    report.bars.append(Bar("p99 of a hit : direct", 1, worst, at_least=False, remark=figures))
    return report


def distance(report, field, redis, far, options):
    """Hits don't ask Redis, so it doesn't matter to them where it is."""
    servers = [field.caching(False, redis, "hits, Redis at hand"), field.caching(False, far, "hits, Redis far away")]
    for server in servers:
        warm.warm(server)
    generator = load.LeanGenerator()
    requests = load.requests_for(generator, servers[0], 1, options.seconds)
    samples = rounds.interleaved(
        servers, options.rounds, lambda server: load.sample(generator, server, 1, requests)
    )
    report.samples["latency, hits by distance"] = samples
    near, far = (server.name for server in servers)
    figures = " and ".join(f"{rounds.median(samples, name, 'speed') / 1e3:.0f} k/s" for name in (far, near))
    name = f"hits, Redis {DISTANCE:g} ms away : at hand"
    return Bar(name, DISTANCE_BOUND, [(rounds.ratio(samples, far, near), "")], remark=figures)


def compare(report, field, direct, place, options):
    """Measures direct, hits and misses, and returns the samples."""
    fresh = load.FreshKeys(POPULATION)
    servers = [direct, *(field.caching(False, direct, name) for name in (HITS, MISSES))]
    warm.warm(servers[1])
    loads = {server.name: load.LeanGenerator() for server in servers}
    loads[MISSES] = load.LeanGenerator(hot=0, fresh=fresh)
    requests = {s.name: load.requests_for(loads[s.name], s, 1, options.seconds) for s in servers}

    def measure(server):
        sample = load.sample(loads[server.name], server, 1, requests[server.name])
        paced = loads[server.name].run(server, 1, int(RATE * 2 * options.seconds), rate=RATE)
        return sample | {percentile: paced[percentile] for percentile in PERCENTILES}

    samples = rounds.interleaved(servers, options.rounds, measure)
    report.samples[f"latency, {place}"] = samples
    rows = []
    for server in servers:
        latencies = [f"{rounds.median(samples, server.name, percentile):.0f}" for percentile in PERCENTILES]
        speed = rounds.median(samples, server.name, "speed")
        hits = rounds.median(samples, server.name, "hits")
        ratio = rounds.ratio(samples, server.name, direct.name)
        share = "" if hits is None else f"{hits:.1%}"
        rows.append([server.name, *latencies, f"{speed / 1e3:.0f} k/s", f"{ratio:.2f}", share])
    report.table([place, *PERCENTILES, "speed", "ratio", "hits"], rows)
    return samples
