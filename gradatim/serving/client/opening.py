"""From settings to a client: which transport wraps which."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace

from gradatim.serving.client.accounting import Accounted, Ledger, Prices
from gradatim.serving.client.cache import Cached, ResponseCache
from gradatim.serving.client.deadline import Deadline
from gradatim.serving.client.hedge import Hedged
from gradatim.serving.client.http import HttpTransport
from gradatim.serving.client.observer import Observer, Observers
from gradatim.serving.client.pool import Pool
from gradatim.serving.client.queue import FairQueue, Queued
from gradatim.serving.client.retry import Retrying
from gradatim.serving.transport import Call, Chunk, Completion, Payload, Transport, current_call, using_call
from gradatim.settings import Settings


class Client:
    """A transport with everything around it.

    Args:
        transport: The outermost of the stack.
        inner: The innermost, which may have something to close.
        tenant: Whose requests those are for which `calling` names nobody.
        ledger: Accounts of what goes through.
        pool: The endpoints, where there are some.
        queue: Where requests wait for their turn, where they do.
        cache: Earlier answers, where they are kept.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        inner: Transport,
        tenant: str,
        ledger: Ledger,
        pool: Pool | None = None,
        queue: FairQueue | None = None,
        cache: ResponseCache | None = None,
    ) -> None:
        self._transport = transport
        self._inner = inner
        self._tenant = tenant
        self.ledger = ledger
        self.pool = pool
        self.queue = queue
        self.cache = cache

    @property
    def endpoint(self) -> str:
        return self._transport.endpoint

    async def complete(self, payload: Payload) -> Completion:
        with using_call(self._call()):
            return await self._transport.complete(payload)

    async def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        call = self._call()
        async with aclosing(self._transport.stream(payload)) as chunks:
            while True:
                with using_call(call):
                    chunk = await anext(chunks, None)
                if chunk is None:
                    return
                yield chunk

    async def aclose(self) -> None:
        """Close the model (for endpoints, the connections of this event loop) and the cache's file."""
        close = getattr(self._inner, "aclose", None)
        if close is not None:
            await close()
        if self.cache is not None:
            self.cache.close()

    def _call(self) -> Call:
        call = current_call()
        return replace(call, tenant=self._tenant) if call.tenant == Call().tenant else call


def open_transport(
    endpoints: Sequence[str],
    settings: Settings,
    *,
    observers: Sequence[Observer] = (),
    weights: Mapping[str, float] | None = None,
) -> Client:
    """A client for endpoints that serve the same model. Nothing is asked before the first request.

    Args:
        endpoints: Base addresses with their version (`http://host:8000/v1`).
        settings: Key, timeouts, concurrency, hedging, cache, tenant and prices.
        observers: Told of everything that happens, besides the client's own ledger.
        weights: Shares of tenants; 1 for those not named.

    Raises:
        StorageError: The file of the response cache cannot be used.
    """
    ledger, told = _ledger(settings, observers)
    key = settings.api_key.get_secret_value() if settings.api_key else None
    pool = Pool(
        [
            HttpTransport(
                endpoint, api_key=key, timeout=settings.model_timeout, idle_timeout=settings.model_idle_timeout
            )
            for endpoint in endpoints
        ],
        observer=told,
    )
    hedged = Hedged(pool, settings.hedge_seconds, observer=told) if settings.hedge_seconds else pool
    retried = Retrying(hedged, observer=told)
    bounded = Deadline(retried, settings.model_timeout)
    queue = FairQueue(settings.model_concurrency * len(endpoints), weights=weights, place=pool.endpoint)
    accounted = Accounted(Queued(bounded, queue, observer=told), told)
    return _client(accounted, pool, settings, ledger, told, pool=pool, queue=queue)


def open_client(transport: Transport, settings: Settings, *, observers: Sequence[Observer] = ()) -> Client:
    """A client for a model that runs in this process: accounts and the cache, no queue and no second attempts.

    Raises:
        StorageError: The file of the response cache cannot be used.
    """
    ledger, told = _ledger(settings, observers)
    return _client(Accounted(transport, told), transport, settings, ledger, told)


def _ledger(settings: Settings, observers: Sequence[Observer]) -> tuple[Ledger, Observers]:
    prices = None
    if settings.price_input is not None or settings.price_output is not None:
        prices = Prices(settings.price_input or 0.0, settings.price_output or 0.0, settings.price_cached)
    ledger = Ledger(prices)
    return ledger, Observers([ledger, *observers])


def _client(
    transport: Transport,
    inner: Transport,
    settings: Settings,
    ledger: Ledger,
    observer: Observer,
    *,
    pool: Pool | None = None,
    queue: FairQueue | None = None,
) -> Client:
    cache = None
    if settings.response_cache is not None:
        cache = ResponseCache(settings.response_cache)
        transport = Cached(transport, cache, observer=observer)
    return Client(transport, inner=inner, tenant=settings.tenant, ledger=ledger, pool=pool, queue=queue, cache=cache)
