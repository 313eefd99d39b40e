"""Hits: 10,000 keys, all of them in the cache, beside redis-server asked directly."""

import os

import contestants
import load
import rounds
import warm
from report import Bar, Report, show

ONE, TWO = "ocm, hits", "ocm, hits, 2 threads"
BOUNDS = {1: 1.0, 16: 1.5, 64: 2.0}
SHARE_BOUND = 99.9
SCALING_BOUND = 1.6
GENERATORS = [load.RedisBenchmark(), load.LeanGenerator()]


def run(options):
    report, speeds, scalings, shares = Report(), {}, [], []
    for transport in options.transports:
        unix = transport == "unix"
        with contestants.Field(options.ocm) as field:
            direct = field.redis(unix)
            load.populate(direct, load.KEYS)
            servers = [direct, field.caching(unix, direct, ONE), field.caching(unix, direct, TWO, threads=2)]
            for server in servers[1:]:
                warm.warm(server)
            for generator in GENERATORS:
                cells = {pipeline: measure(generator, servers, pipeline, options) for pipeline in options.pipelines}
                tabulate(report, f"{transport}, {generator.name}", cells, direct.name)
                for pipeline, samples in cells.items():
                    report.samples[f"hits, {transport}, {generator.name}, {pipeline}"] = samples
                    speeds.setdefault((pipeline, generator.name), []).append((samples, transport))
                    place = f"{generator.name}, P {pipeline}, {transport}"
                    scalings.append((scaling(samples), place))
                    shares += [(100 * s["hits"], place) for name in (ONE, TWO) for s in samples[name]]
    explain(report)
    report.bars += [*speed_bars(speeds, direct.name, options.pipelines), scaling_bar(scalings)]
    report.bars.append(Bar("share of hits among hits", SHARE_BOUND, shares, unit=" %"))
    return report


def measure(generator, servers, pipeline, options):
    requests = {s.name: load.requests_for(generator, s, pipeline, options.seconds) for s in servers}
    return rounds.interleaved(
        servers, options.rounds, lambda server: load.sample(generator, server, pipeline, requests[server.name])
    )


def tabulate(report, title, cells, direct):
    header = [title, *(f"P {pipeline}" for pipeline in cells), "µs/cmd", "capacity", "hits"]
    rows, ceilings, costs = [], [], []
    for name in (direct, ONE, TWO):
        figures, cpu, capacity, hits = [], [], [], []
        for samples in cells.values():
            speed = rounds.median(samples, name, "speed")
            figures.append(f"{speed / 1e3:.0f} k/s" if name == direct else f"{rounds.ratio(samples, name, direct):.2f}")
            cpu.append(show(rounds.median(samples, name, "cpu")))
            capacity.append(f"{rounds.ratio(samples, direct, name, 'cpu'):.2f}")
            hits += [s["hits"] for s in samples[name] if s["hits"] is not None]
        share = f"{min(hits):.2%}" if hits else ""
        rows.append([name, *figures, " / ".join(cpu), " / ".join(capacity), share])
    for samples in cells.values():
        costs.append(show(rounds.median(samples, ONE, "generator")))
        ceilings.append(f"≤ {ceiling(samples, direct):.2f}")
    rows.append(["the generator", *ceilings, " / ".join(costs), "", ""])
    report.table(header, rows)


def explain(report):
    report.say(
        "µs/cmd is the CPU time of the process itself for a command, by pipeline; capacity is redis-server's µs/cmd ÷\n"
        "the contestant's: how much faster it would be if nothing but its own CPU time bounded it, with one core. The\n"
        "generator's row has the ratio that one core of it could drive at most; hits is the lowest share of a sample.\n"
    )


def speed_bars(speeds, direct, pipelines):
    """redis-benchmark's figures count; what it could drive at most, and what a server that needn't wait for it could do,
    stand beside them."""
    for pipeline in filter(BOUNDS.get, pipelines):
        named = speeds[pipeline, GENERATORS[0].name]
        measured = [(rounds.ratio(samples, ONE, direct), transport) for samples, transport in named]
        most = [ceiling(samples, direct) for samples, _ in named]
        lean = [rounds.ratio(samples, ONE, direct) for samples, _ in speeds[pipeline, GENERATORS[1].name]]
        capacity = [rounds.ratio(samples, direct, ONE, "cpu") for samples, _ in named]
        remark = f"of at most {min(most):.2f}; lean generator {min(lean):.2f}, capacity {min(capacity):.2f}"
        yield Bar(f"hits, P {pipeline}", BOUNDS[pipeline], measured, remark=remark)


def ceiling(samples, direct):
    """The ratio that the generator could drive with a core of its own."""
    return 1e6 / rounds.median(samples, ONE, "generator") / rounds.median(samples, direct, "speed")


def scaling(samples):
    """Two threads' throughput by one's: as measured, at most with this generator on this machine, and by CPU time.

    The generator, on one core of its own, drives no more than 1/g commands a second if it spends g on each; and all
    cores together do no more than cores/(g + s), s being what the server spends. By CPU time: what one thread spends on
    a command ÷ what the busier one of two does, for that one is the first that can do no more.
    """
    cores, generator = len(os.sched_getaffinity(0)), rounds.median(samples, TWO, "generator")
    speed = 1e6 * min(1 / generator, cores / (generator + rounds.median(samples, TWO, "cpu")))
    return {
        "measured": rounds.ratio(samples, TWO, ONE),
        "most": speed / rounds.median(samples, ONE, "speed"),
        "by CPU": rounds.ratio(samples, ONE, TWO, "busiest"),
    }


def scaling_bar(scalings):
    """Throughput where generator and machine allow what is asked, CPU time where they don't; the worst of them counts,
    since among so many figures the best one is a lucky one."""
    measured = []
    for figures, place in scalings:
        kind = "measured" if figures["most"] >= SCALING_BOUND else "by CPU"
        measured.append((figures[kind], f"{kind}, {place}"))
    throughput = [figures["measured"] for figures, _ in scalings]
    most = [figures["most"] for figures, _ in scalings]
    remark = f"throughput {min(throughput):.2f} to {max(throughput):.2f}, of at most {min(most):.2f} to {max(most):.2f}"
    return Bar("2 threads : 1 thread", SCALING_BOUND, measured, remark=remark)
