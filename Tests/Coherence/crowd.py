"""The clients of a worker: at which site, by which protocol, in which database."""

import collections
import itertools

from client import Client
from keys import DIRECT
from rest import RESTWorkload
from rest_client import RESTClient

REGULARS, CHASERS, DIRECTS, RESTS = 10, 2, 3, 8
# So many of a site's regular clients stay there whatever happens, one for each protocol: they see when it is back.
FAITHFUL = 2


class Crowd:
    """`regulars` read and write all the time; `chasers`, by site and database, read what others have just been told of;
    `auditors`, by database, ask Redis itself. Both protocols and every address of a sidecar have their share."""

    def __init__(self, worker):
        self.worker = worker
        self.topology = worker.topology
        self.regulars, self.chasers, self.auditors = [], collections.defaultdict(list), {}
        for site in range(len(self.topology.sidecars)):
            self.enrol(site)
        direct = [(DIRECT, self.topology.redis)]
        for index in range(DIRECTS):
            database = worker.databases[index % 2]
            self.regulars.append(self.client(f"direct{index}", direct, database, index, "regular"))
        for database in worker.databases:
            self.auditors[database.number] = self.client(f"d{database.number}auditor", direct, database, 0, "auditor")
        # HTTP clients know the database 0 alone.
        if worker.number == 0:
            self.regulars += self.rest_clients()

    def __iter__(self):
        return itertools.chain(self.regulars, *self.chasers.values(), self.auditors.values())

    def enrol(self, site):
        visible = self.worker.workload.visible(site)
        for index in range(REGULARS):
            database = visible[0] if index < 4 else visible[index % len(visible)]
            addresses = self.addresses(site, index)
            if not self.topology.round_robin or index < FAITHFUL:
                addresses = addresses[:1]
            self.regulars.append(self.client(f"s{site}c{index}", addresses, database, index, "regular"))
        for database, index in itertools.product(visible, range(CHASERS)):
            name, addresses = f"s{site}d{database.number}chaser{index}", self.addresses(site, 0)[:1]
            self.chasers[site, database.number].append(self.client(name, addresses, database, index, "chaser"))

    def addresses(self, site, index):
        """Those of all sidecars, from that at `site` on."""
        sidecars = self.topology.sidecars
        sites = [*range(site, len(sidecars)), *range(site)]
        return [(each, sidecars[each][index // 2 % len(sidecars[each])]) for each in sites]

    def client(self, name, addresses, database, index, role):
        return Client(self.worker, f"w{self.worker.number}{name}", addresses, database, 2 + index % 2, role)

    def rest_clients(self):
        """Each has an address of its own before a balancer, which goes by that too."""
        workload, rest = RESTWorkload(self.worker.workload, self.topology.token), self.topology.rest
        targets = [(None, self.topology.balancer)] if self.topology.balancer else list(enumerate(rest))
        for index in range(RESTS * len(rest)):
            source = f"127.0.0.{2 + index}" if self.topology.balancer else None
            target = targets[index % len(targets)]
            yield RESTClient(self.worker, f"rest{index}", target, self.worker.databases[0], workload, source)
