"""What is noted for whoever injected the faults to judge: only they know which losses those excuse.

Times are those of the clock that all processes of a run share."""

import dataclasses
import typing


class Answer(typing.NamedTuple):
    """A response that came through the balancer. `route` is what it goes by: the key, or the client's address."""

    route: str
    site: int
    sent: float
    received: float
    # The sites that had been asked in vain before.
    vain: tuple


class Failure(typing.NamedTuple):
    """A response by which the balancer says that it got none. `site` is that of the last that it asked, if any."""

    request: str
    site: int | None
    sent: float
    received: float
    status: int


class Loss(typing.NamedTuple):
    """A client's connection that its server ended; inside a reply if it is `torn`. A balancer's site is None."""

    client: str
    site: int | None
    opened: float
    at: float
    torn: bool


class Untold(typing.NamedTuple):
    """A write that was carried out although its client hasn't been told so: the last one to this key, or one before."""

    key: str
    site: int | None
    at: float


@dataclasses.dataclass
class Records:
    answers: list[Answer] = dataclasses.field(default_factory=list)
    failures: list[Failure] = dataclasses.field(default_factory=list)
    losses: list[Loss] = dataclasses.field(default_factory=list)
    untold: list[Untold] = dataclasses.field(default_factory=list)

    @classmethod
    def all_of(cls, some):
        """What several processes have noted."""
        result = cls()
        for each in some:
            for field in dataclasses.fields(cls):
                getattr(result, field.name).extend(getattr(each, field.name))
        return result
