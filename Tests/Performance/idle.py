"""What connections cost that say nothing, with the cache."""

import resource

import contestants
from report import Bar, Report

CONNECTIONS = 10_000
BOUND = 100  # MB, which are 10^6 bytes


def run(options):
    report = Report()
    with contestants.Field(options.ocm) as field:
        grown = memory_of_idle_connections(field.caching(False, field.redis(unix=False))) / 1e6
    report.bars.append(Bar(f"{CONNECTIONS:,} idle connections", BOUND, [(grown, "")], at_least=False, unit=" MB"))
    return report


def memory_of_idle_connections(server):
    """Opens them, and returns by how many bytes the server grew; fails if one of them isn't served afterwards."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, CONNECTIONS + 1000), hard))
    before = server.resident_memory()
    connections = [server.connect() for _ in range(CONNECTIONS)]
    try:
        # All of them have been accepted when the last one is answered.
        for connection in [connections[-1], *connections]:
            connection.sendall(b"PING\r\n")
            if connection.recv(16) != b"+PONG\r\n":
                raise SystemExit("an idle connection was not served")
        return server.resident_memory() - before
    finally:
        for connection in connections:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
