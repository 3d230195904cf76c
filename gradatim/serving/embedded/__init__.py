"""The embedded model: llama.cpp in a process beside this one, behind the same protocol as an endpoint."""

from __future__ import annotations

from gradatim.serving.embedded.completion import assemble
from gradatim.serving.embedded.cores import default_threads
from gradatim.serving.embedded.transport import EmbeddedTransport, close_engines

__all__ = ["EmbeddedTransport", "assemble", "close_engines", "default_threads"]
