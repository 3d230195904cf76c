"""Why a document is left out of a build."""

from __future__ import annotations

from gradatim.errors import InputError


class Unreadable(InputError):
    """A document cannot be read. A build goes on without it and tells why (`Skipped`)."""
