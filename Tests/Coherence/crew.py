"""The processes in which the clients are, and what they say."""

import multiprocessing
import multiprocessing.connection
import time

from worker import work

WORKERS = 2
ANSWER_TIME = 60


class Crew:
    """They work while the context lasts."""

    def __init__(self, topology, seed):
        self.violated_at = None
        self.counts = []
        self.ready = 0
        context = multiprocessing.get_context("spawn")
        self.pipes, self.workers = [], []
        for number in range(WORKERS):
            pipe, its = context.Pipe()
            worker = context.Process(target=work, args=(number, seed, topology, its), daemon=True)
            worker.start()
            its.close()
            self.pipes.append(pipe)
            self.workers.append(worker)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for worker in self.workers:
            worker.kill()

    def listen(self, seconds):
        """Takes what the workers say, for so long or until they have said something."""
        for pipe in multiprocessing.connection.wait(self.pipes, seconds):
            try:
                kind, content = pipe.recv()
            except EOFError:
                raise SystemExit("a worker ended before its time") from None
            if kind == "violation":
                self.violated_at = self.violated_at or time.monotonic()
                print(content, flush=True)
            elif kind == "ready":
                self.ready += 1
            else:
                self.counts.append(content)
                self.pipes.remove(pipe)

    def listen_for(self, seconds):
        """Takes what the workers say for so long; not so long after a violation, since what follows would mostly be the
        same one again."""
        end = time.monotonic() + seconds
        while (left := min(end, (self.violated_at or end) + 0.5) - time.monotonic()) > 0:
            self.listen(left)

    def tell(self, kind, content=None):
        for pipe in self.pipes:
            pipe.send((kind, content))

    def until(self, condition):
        deadline = time.monotonic() + ANSWER_TIME
        while not condition():
            if time.monotonic() > deadline:
                raise SystemExit(f"VIOLATION: the clients didn't come to rest within {ANSWER_TIME} s")
            self.listen(1)

    def hold(self):
        self.ready = 0
        self.tell("vanish")
        self.until(lambda: self.ready == WORKERS)

    def resume(self, site):
        self.tell("vanished", site)

    def stop(self):
        self.tell("stop")
        self.until(lambda: len(self.counts) == WORKERS)
