"""A client of OptimizedCacheManager's REST API: CacheClient for threads, AsyncCacheClient for asyncio."""

from .async_client import AsyncCacheClient
from .client import CacheClient
from .errors import CacheError, CacheUnavailable

__version__ = "0.1.0"
__all__ = ["AsyncCacheClient", "CacheClient", "CacheError", "CacheUnavailable"]
