"""What the client tells about its work, for accounts, metrics and traces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from gradatim.domain import Usage
from gradatim.errors import ModelError

CircuitState = Literal["closed", "open", "half-open"]


class Observer:
    """Told what happens to requests; everything does nothing until it is overridden.

    The methods are called in the thread of the request and must be quick. `model` is the name in the request.
    """

    def on_attempt(self, endpoint: str, tenant: str, model: str, seconds: float, error: ModelError | None) -> None:
        """A request to one endpoint has ended, with an answer or with an error."""

    def on_answer(self, tenant: str, model: str, usage: Usage) -> None:
        """A caller has its answer; what it took is told here and nowhere else."""

    def on_failure(self, tenant: str, model: str, error: ModelError) -> None:
        """A caller gets an error."""

    def on_retry(self, tenant: str, model: str, pause: float, error: ModelError) -> None:
        """A request will be sent again after `pause` seconds; 0 for another endpoint, at once."""

    def on_hedge(self, tenant: str, model: str) -> None:
        """A request that takes long is also sent to another endpoint."""

    def on_wait(self, tenant: str, seconds: float) -> None:
        """A request has waited for its turn."""

    def on_cache(self, tenant: str, model: str, hit: bool) -> None:
        """An answer was looked for among earlier ones."""

    def on_circuit(self, endpoint: str, state: CircuitState) -> None:
        """An endpoint is put aside, tried again, or back."""


class Observers(Observer):
    """Several observers as one."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._observers = tuple(observers)

    def on_attempt(self, endpoint: str, tenant: str, model: str, seconds: float, error: ModelError | None) -> None:
        for observer in self._observers:
            observer.on_attempt(endpoint, tenant, model, seconds, error)

    def on_answer(self, tenant: str, model: str, usage: Usage) -> None:
        for observer in self._observers:
            observer.on_answer(tenant, model, usage)

    def on_failure(self, tenant: str, model: str, error: ModelError) -> None:
        for observer in self._observers:
            observer.on_failure(tenant, model, error)

    def on_retry(self, tenant: str, model: str, pause: float, error: ModelError) -> None:
        for observer in self._observers:
            observer.on_retry(tenant, model, pause, error)

    def on_hedge(self, tenant: str, model: str) -> None:
        for observer in self._observers:
            observer.on_hedge(tenant, model)

    def on_wait(self, tenant: str, seconds: float) -> None:
        for observer in self._observers:
            observer.on_wait(tenant, seconds)

    def on_cache(self, tenant: str, model: str, hit: bool) -> None:
        for observer in self._observers:
            observer.on_cache(tenant, model, hit)

    def on_circuit(self, endpoint: str, state: CircuitState) -> None:
        for observer in self._observers:
            observer.on_circuit(endpoint, state)
