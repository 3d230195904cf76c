"""What requests took and cost, for each tenant and model."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

from gradatim.domain import Usage
from gradatim.errors import ModelError
from gradatim.serving.client.observer import Observer
from gradatim.serving.transport import Chunk, Completion, Payload, Transport, current_call


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, in any one currency.

    Attributes:
        input: Of prompt.
        output: Of answer.
        cached: Of prompt that the endpoint had read before; as other prompt when not given.
    """

    input: float
    output: float
    cached: float | None = None

    def cost(self, usage: Usage) -> float:
        """What requests cost."""
        cached = self.input if self.cached is None else self.cached
        fresh = max(0, usage.input_tokens - usage.cached_tokens)
        return (fresh * self.input + usage.cached_tokens * cached + usage.output_tokens * self.output) / 1e6


@dataclass(frozen=True, slots=True)
class Account:
    """What one tenant had of one model.

    Attributes:
        usage: Tokens of the requests that were answered; `seconds` is the time from request to answer.
        cost: `None` without prices.
        failures: Requests that ended with an error.
        attempts: Requests to endpoints, those that failed or were hedged included.
        failed_attempts: Those of them that brought an error.
        retries: Attempts after another one.
        hedges: Requests sent to a second endpoint for being slow.
        cached: Answers that were given before and cost nothing.
    """

    usage: Usage = field(default_factory=Usage)
    cost: float | None = None
    failures: int = 0
    attempts: int = 0
    failed_attempts: int = 0
    retries: int = 0
    hedges: int = 0
    cached: int = 0


class Ledger(Observer):
    """Keeps the accounts; safe to use from several threads and event loops.

    Args:
        prices: For all models.
    """

    def __init__(self, prices: Prices | None = None) -> None:
        self._prices = prices
        self._lock = threading.Lock()
        self._accounts: dict[tuple[str, str], Account] = {}

    def snapshot(self) -> Mapping[tuple[str, str], Account]:
        """The accounts as they are now, by tenant and model."""
        with self._lock:
            return dict(self._accounts)

    def total(self) -> Account:
        """All accounts as one."""
        accounts = list(self.snapshot().values())
        return Account(
            usage=sum((account.usage for account in accounts), Usage()),
            cost=None if self._prices is None else sum(account.cost or 0.0 for account in accounts),
            failures=sum(account.failures for account in accounts),
            attempts=sum(account.attempts for account in accounts),
            failed_attempts=sum(account.failed_attempts for account in accounts),
            retries=sum(account.retries for account in accounts),
            hedges=sum(account.hedges for account in accounts),
            cached=sum(account.cached for account in accounts),
        )

    def on_attempt(self, endpoint: str, tenant: str, model: str, seconds: float, error: ModelError | None) -> None:
        self._add(tenant, model, attempts=1, failed_attempts=int(error is not None))

    def on_answer(self, tenant: str, model: str, usage: Usage) -> None:
        self._add(tenant, model, usage=usage)

    def on_failure(self, tenant: str, model: str, error: ModelError) -> None:
        self._add(tenant, model, failures=1)

    def on_retry(self, tenant: str, model: str, pause: float, error: ModelError) -> None:
        self._add(tenant, model, retries=1)

    def on_hedge(self, tenant: str, model: str) -> None:
        self._add(tenant, model, hedges=1)

    def on_cache(self, tenant: str, model: str, hit: bool) -> None:
        if hit:
            self._add(tenant, model, cached=1)

    def _add(self, tenant: str, model: str, *, usage: Usage | None = None, **counts: int) -> None:
        with self._lock:
            account = self._accounts.get((tenant, model), Account())
            changes: dict[str, Any] = {name: getattr(account, name) + count for name, count in counts.items()}
            if usage is not None:
                changes["usage"] = account.usage + usage
                if self._prices is not None:
                    changes["cost"] = (account.cost or 0.0) + self._prices.cost(usage)
            self._accounts[tenant, model] = replace(account, **changes)


class Accounted:
    """Tells an observer what each request took.

    Args:
        transport: What does the work.
        observer: A `Ledger`, mostly.
    """

    def __init__(self, transport: Transport, observer: Observer) -> None:
        self._transport = transport
        self._observer = observer

    @property
    def endpoint(self) -> str:
        return self._transport.endpoint

    async def complete(self, payload: Payload) -> Completion:
        call, model, started = current_call(), str(payload.get("model")), time.monotonic()
        try:
            answer = await self._transport.complete(payload)
        except ModelError as error:
            self._observer.on_failure(call.tenant, model, error)
            raise
        usage = usage_of(answer.get("usage"), samples=len(answer["choices"]), seconds=time.monotonic() - started)
        self._observer.on_answer(call.tenant, model, usage)
        return answer

    async def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        call, model, started = current_call(), str(payload.get("model")), time.monotonic()
        spent: dict[str, Any] | None = None
        try:
            async with aclosing(self._transport.stream(payload)) as chunks:
                async for chunk in chunks:
                    spent = chunk.get("usage") or spent
                    yield chunk
        except ModelError as error:
            self._observer.on_failure(call.tenant, model, error)
            raise
        self._observer.on_answer(call.tenant, model, usage_of(spent, samples=1, seconds=time.monotonic() - started))


def usage_of(usage: dict[str, Any] | None, *, samples: int, seconds: float) -> Usage:
    """The domain's usage from that of an answer; what a server does not tell counts as 0."""
    told = usage or {}
    details: dict[str, Any] = told.get("prompt_tokens_details") or {}
    return Usage(
        input_tokens=int(told.get("prompt_tokens") or 0),
        output_tokens=int(told.get("completion_tokens") or 0),
        cached_tokens=int(details.get("cached_tokens") or 0),
        requests=1,
        samples=samples,
        seconds=seconds,
    )
