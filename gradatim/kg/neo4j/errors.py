"""What can go wrong with a concept graph on a server.

```
ServiceError
└── GraphServerError          the concept graph cannot be had from its server
    ├── GraphAway             it cannot be reached, is too slow, or its connection broke
    ├── GraphRefused          it does not let us in: user, password, database
    ├── GraphMissing          it answers, and has no graph of this name
    └── GraphSpoilt           what it answers is no concept graph
```
"""

from __future__ import annotations

from gradatim.errors import ServiceError


class GraphServerError(ServiceError):
    """The concept graph cannot be had from its server."""


class GraphAway(GraphServerError):
    """The server cannot be reached, is too slow, or broke off; another try may succeed."""


class GraphRefused(GraphServerError):
    """The server does not let us in: user, password, database or address are wrong."""


class GraphMissing(GraphServerError):
    """The server answers, but has no graph of this name."""


class GraphSpoilt(GraphServerError):
    """What the server holds or answers is not the graph that was put there."""
