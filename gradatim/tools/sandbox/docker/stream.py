"""From the stream that the docker client hands out to a plain socket that can be waited on."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
from typing import Any

_PIECE = 1 << 16


def independent(attached: Any) -> socket.socket:
    """A non-blocking socket for an attached container that outlives the client it came from.

    Args:
        attached: What `APIClient.attach_socket` gave: a raw file on a plain socket, or what encrypts one.
    """
    if isinstance(attached, socket.SocketIO):
        plain = socket.socket(fileno=os.dup(attached.fileno()))
        response = getattr(attached, "_response", None)
        (attached if response is None else response).close()
    else:
        # Encryption is the business of a library that knows no event loop: a thread carries the bytes.
        plain, far = socket.socketpair()
        threading.Thread(target=_carry, args=(attached, far), name="gradatim-docker-stream", daemon=True).start()
    plain.setblocking(False)
    return plain


def _carry(attached: Any, plain: socket.socket) -> None:
    """Carry bytes both ways until either side ends; one thread, because an encrypted stream takes no two."""
    attached.settimeout(None)
    with plain, contextlib.closing(attached), contextlib.suppress(OSError):
        while True:
            waiting = getattr(attached, "pending", int)() > 0
            ready, _, _ = select.select([attached, plain], [], [], 0 if waiting else None)
            if waiting or attached in ready:
                data = attached.recv(_PIECE)
                if not data:
                    return
                plain.sendall(data)
            if plain in ready:
                data = plain.recv(_PIECE)
                if not data:
                    return
                attached.sendall(data)
