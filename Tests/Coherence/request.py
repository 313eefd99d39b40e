"""An HTTP request under way: who gives the response, and what it has to be.

A balancer gives all requests for a key to one sidecar, whoever asks, and all others of a client to one, too. What is
promised is what that sidecar promises: a response is judged by what the clients of the sidecar that gave it, whichever
protocol they speak, had been told when the request was sent.

This holds at every moment, and when a sidecar goes nothing more can: the one that is asked in its place may not have
heard yet of what it had told. As long as nobody goes, all read what anybody has written, since a key stays where it is;
that it does is noted, as Answer, for whoever knows who went when."""

from records import Answer, Failure
from resp import ReplyError


class RefusalError(Exception):
    """A response that tells of an error; `text` says of which."""

    def __init__(self, text):
        super().__init__(text)
        self.text = text


class Request:
    """`operations` has, for each site that may answer, what judges the reply that `decode` makes of the response.
    `route` is the key that it is for, if it is for one."""

    __slots__ = ("operations", "decode", "name", "route", "sent")

    def __init__(self, operations, decode, name, route, now):
        self.operations = operations
        self.decode = decode
        self.name = name
        self.route = route
        self.sent = now

    def finish(self, response, client, now):
        client.worker.requests += 1
        *before, client.site = client.answered_by(response)
        # One request at a time: what this client has been told, the clients of that site have.
        client.seen.clear()
        if client.balanced and response.headers.get(b"content-type") == b"text/html":
            client.worker.records.failures.append(Failure(self.name, client.site, self.sent, now, response.status))
            self.fail(client, now)
        elif client.site not in self.operations:
            client.worker.broken("nobody knows who gave a response", None, client, repr(response), now)
            self.fail(client, now)
        else:
            if client.balanced:
                answer = Answer(self.route or client.source, client.site, self.sent, now, tuple(before))
                client.worker.records.answers.append(answer)
            self.judge(self.operations[client.site], response, client, now)
        if response.headers.get(b"connection") == b"close":
            client.lost(now)

    def judge(self, operation, response, client, now):
        try:
            reply = self.decode(response)
        except RefusalError as refusal:
            reply = ReplyError(refusal.text)
        except (KeyError, TypeError, ValueError):
            client.worker.broken("a response of another form", None, client, f"{self.name}: {response!r}", now)
            operation.fail(client, now)
            return
        operation.finish(reply, client, now)

    def fail(self, client, now):
        next(iter(self.operations.values())).fail(client, now)
