"""The client: transports that wrap transports, each with one concern.

```
open_transport        composes them from the settings
├── cache             answers that were given before
├── accounting        tokens, cost and attempts for each tenant and model
├── queue             a limit of requests under way, tenants taking turns
├── deadline          the time that all attempts together may take
├── retry             another attempt, where it can help
├── hedge             a second request to another endpoint when the first is late
├── pool              several endpoints: the least busy healthy one, and another when it fails
│   └── breaker       puts an endpoint aside that fails
└── http              one endpoint, one attempt
    ├── dialect       what the server at the endpoint understands
    ├── connections   aiohttp, in each event loop its own connections
    │   └── proxy     by which proxy
    └── answer        reading of one answer
        └── assembly  chunks of a stream to one completion
```
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.serving.client.accounting import Account, Ledger, Prices
    from gradatim.serving.client.breaker import Circuit
    from gradatim.serving.client.cache import ResponseCache
    from gradatim.serving.client.dialect import Dialect
    from gradatim.serving.client.http import HttpTransport
    from gradatim.serving.client.observer import Observer
    from gradatim.serving.client.opening import Client, open_client, open_transport
    from gradatim.serving.client.pool import Pool
    from gradatim.serving.client.queue import FairQueue

__all__ = [
    "Account",
    "Circuit",
    "Client",
    "Dialect",
    "FairQueue",
    "HttpTransport",
    "Ledger",
    "Observer",
    "Pool",
    "Prices",
    "ResponseCache",
    "open_client",
    "open_transport",
]

_MODULES = {
    "accounting": ("Account", "Ledger", "Prices"),
    "breaker": ("Circuit",),
    "cache": ("ResponseCache",),
    "dialect": ("Dialect",),
    "http": ("HttpTransport",),
    "observer": ("Observer",),
    "opening": ("Client", "open_client", "open_transport"),
    "pool": ("Pool",),
    "queue": ("FairQueue",),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
