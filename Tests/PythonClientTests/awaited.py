"""An AsyncCacheClient whose calls block, so that one test can be given either client."""

import asyncio
import inspect
import threading

from cache_client import AsyncCacheClient


class Awaited:
    """Runs the client on an event loop in a thread of its own."""

    def __init__(self, *arguments, **options):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._client = AsyncCacheClient(*arguments, **options)

    def __getattr__(self, name):
        method = getattr(self._client, name)

        def call(*arguments, **options):
            result = method(*arguments, **options)
            return self._run(collect(result) if inspect.isasyncgen(result) else result)

        return call

    def close(self):
        self._run(self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, result):
        return asyncio.run_coroutine_threadsafe(result, self._loop).result()


async def collect(generator):
    return [element async for element in generator]
