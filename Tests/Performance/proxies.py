"""ocm without its cache and its embedded store, beside redis-server and other proxies, under redis-benchmark."""

import contestants
import load
import rounds
from report import Bar, Report, show

COMMANDS = ["set", "get"]
FORWARDING, EMBEDDED, PEERS = "ocm, forwarding", "ocm, embedded store", ["twemproxy", "HAProxy"]
BOUNDS = {FORWARDING: {1: 0.75, 16: 0.75, 64: 0.9}, EMBEDDED: {1: 0.95, 16: 1.3, 64: 1.8}}


def run(options):
    report, ratios = Report(), {}
    for transport in options.transports:
        with contestants.Field(options.ocm) as field:
            servers = [start(field, transport == "unix") for start in contestants.ALL]
            if options.contestants:
                chosen = [s for s in servers[1:] if any(part in s.name for part in options.contestants)]
                servers = [servers[0], *chosen]
            cells = measure(servers, options)
            memory = {server.name: server.resident_memory() for server in servers}
        tabulate(report, transport, servers, cells, memory)
        report.samples |= {f"proxies, {transport}, {c} {p}": samples for (c, p), samples in cells.items()}
        for (command, pipeline), samples in cells.items():
            for server in servers[1:]:
                value = rounds.ratio(samples, server.name, servers[0].name)
                ratios.setdefault((server.name, pipeline), {})[f"{command.upper()}, {transport}"] = value
    report.bars += bars(ratios)
    return report


def measure(servers, options):
    """The samples by command and pipeline."""
    cells = {}
    for pipeline in options.pipelines:
        for command in COMMANDS:
            requests = {
                s.name: load.requests_for(load.RedisBenchmark("set"), s, pipeline, options.seconds) for s in servers
            }
            generator = load.RedisBenchmark(command)
            cells[command, pipeline] = rounds.interleaved(
                servers, options.rounds, lambda s: load.sample(generator, s, pipeline, requests[s.name])
            )
    return cells


def tabulate(report, transport, servers, cells, memory):
    header = [transport, *(f"{command.upper()}, P {pipeline}" for command, pipeline in cells), "µs/cmd, GET", "of Redis", "MB"]
    direct, rows = servers[0].name, []
    proxies = {server.name for server in servers if server.upstream}
    for name in memory:
        row = [name]
        for samples in cells.values():
            speed = rounds.median(samples, name, "speed")
            row.append(f"{speed / 1000:.0f} k/s" if name == direct else f"{rounds.ratio(samples, name, direct):.2f}")
        own, redis = (
            " / ".join(show(rounds.median(samples, name, figure)) for (c, _), samples in cells.items() if c == "get")
            for figure in ("cpu", "upstream")
        )
        rows.append([*row, own, redis if name in proxies else "", f"{memory[name] / 1e6:.0f}"])
    report.table(header, rows)


def bars(ratios):
    found = []
    for name, bounds in BOUNDS.items():
        for pipeline, bound in bounds.items():
            values = ratios.get((name, pipeline), {})
            if values:
                found.append(Bar(f"{name}, P {pipeline}", bound, [(value, place) for place, value in values.items()]))
    # How far ahead of the faster of the other proxies.
    lead = []
    for (name, pipeline), values in ratios.items():
        for place, value in values.items() if name == FORWARDING else []:
            peers = [ratios[peer, pipeline][place] for peer in PEERS if (peer, pipeline) in ratios]
            lead += [(value / max(peers), f"{place}, P {pipeline}")] if peers else []
    return found + ([Bar("ocm, forwarding : the faster peer", 1, lead)] if lead else [])
