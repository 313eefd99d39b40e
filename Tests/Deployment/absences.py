"""What it may cost when an ocm goes, and what nothing else may.

No rule depends on how long something takes, only on what came before what: of a request or a connection that is to be
excused the time was read before it began, of what excuses it after it was over."""

import collections
import dataclasses
import math


@dataclasses.dataclass
class Absence:
    """One ocm's: from before it was told to go until before it was started again."""

    site: int
    began: float
    over: float

    def noticed(self, records):
        """When nginx knew of it at the latest: when it had told so, or had asked another ocm instead."""
        told = [failure.received for failure in records.failures if failure.site == self.site]
        passed_on = [answer.received for answer in records.answers if self.site in answer.vain]
        return min((time for time in told + passed_on if self.began < time < self.over), default=self.over)

    def taken_back(self, records):
        """When nginx gave it again whatever it should, at the latest: it tries one request, and then others."""
        answers = [answer for answer in records.answers if answer.site == self.site and answer.sent > self.over]
        return sorted(answer.received for answer in answers)[1]


def unexcused(records, killed, drained):
    """Whatever was lost and needn't have been.

    Of the one that was killed, those requests fail that it was given before nginx knew of its death; its Redis clients
    lose their connections; and what it was asked to do may have been done. The one that was drained answers whatever it
    does, and then ends its Redis clients' connections; who comes through nginx notices nothing."""
    result = []
    for failure in records.failures:
        was_open = killed.began < failure.received and failure.sent < killed.noticed(records)
        if not (failure.site == killed.site and failure.status == 502 and was_open):
            result.append(failure)
    for loss in records.losses:
        gone = [each for each in (killed, drained) if each.site == loss.site and each.began < loss.at]
        if not any(loss.opened < each.over for each in gone) or (loss.torn and drained in gone):
            result.append(loss)
    for untold in records.untold:
        if not (untold.site == killed.site and killed.began < untold.at):
            result.append(untold)
    return result


def strays(records, killed, drained):
    """What nginx gave to more than one ocm although for all that it knew nothing had changed.

    When an ocm goes, what it got goes to another, always the same one, and returns when it is back. It may go to either
    between the ocm's end and when nginx knows of it, and between its start and when nginx has tried it."""
    back, back_again = killed.taken_back(records), drained.taken_back(records)
    calm = [(-math.inf, killed.began), (back, drained.began), (back_again, math.inf)]
    away = [[(each.noticed(records), each.over)] for each in (killed, drained)]
    result = []
    for times in (calm, *away):
        sites = collections.defaultdict(set)
        for answer in records.answers:
            if any(begin < answer.sent and answer.received < end for begin, end in times):
                sites[answer.route].add(answer.site)
        result += [(route, found) for route, found in sites.items() if len(found) > 1]
    return result
