"""What a team writes first: the same resource with FastAPI and redis-py."""

import json
import os

import fastapi
import redis.asyncio

app = fastapi.FastAPI()
client = redis.asyncio.from_url(os.environ["REDIS_URL"])


@app.get("/api/cache/key/{key:path}")
async def get(key: str, response: fastapi.Response):
    value = await client.get(key)
    if value is None:
        response.status_code = 404
        return {"key": key, "found": False}
    try:
        return {"key": key, "value": json.loads(value), "found": True}
    except ValueError:
        return {"key": key, "value": value.decode(), "found": True}
