"""Programs that try to reach anything beyond their own process; the canaries listen on this machine."""
# ruff: noqa: E501 - one hostile program a row

from __future__ import annotations

from tests.tools.sandbox.hostile.case import Case, attempt, call

PORT = 27417
"""TCP and UDP port of the canary on 127.0.0.1."""
UNIX = "/tmp/gradatim-hostile-socket"
ABSTRACT = "\0gradatim-hostile-socket"


def _try(name: str, code: str, *denied: str) -> Case:
    return attempt("network", name, code, denied or ("OSError",))


CASES = (
    _try("TCP", f"socket.create_connection(('127.0.0.1', {PORT}), 1)"),
    _try("TCP by a socket of its own", f"s = socket.socket()\ns.connect(('127.0.0.1', {PORT}))"),
    _try("TCP over IPv6", f"s = socket.socket(socket.AF_INET6)\ns.connect(('::1', {PORT}))"),
    _try("UDP", f"s = socket.socket(type=socket.SOCK_DGRAM)\ns.sendto(b'x', ('127.0.0.1', {PORT}))"),
    _try("listening", "socket.create_server(('127.0.0.1', 0))"),
    _try("a raw socket", "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)"),
    _try("a UNIX socket", f"s = socket.socket(socket.AF_UNIX)\ns.connect({UNIX!r})"),
    _try("an abstract UNIX socket", f"s = socket.socket(socket.AF_UNIX)\ns.connect({ABSTRACT!r})"),
    _try("a UNIX socket of datagrams", f"a, b = socket.socketpair(type=socket.SOCK_DGRAM)\na.sendto(b'x', {UNIX!r})"),
    _try("from a socket pair elsewhere", f"a, b = socket.socketpair()\na.connect({UNIX!r})"),
    _try("from a socket pair elsewhere by sendto", f"a, b = socket.socketpair()\na.shutdown(2)\na.sendto(b'x', {UNIX!r})"),
    _try("a netlink socket", "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)"),
    _try("a packet socket", "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)"),
    _try("a socket to the hypervisor", "socket.socket(40, socket.SOCK_STREAM)"),
    _try("a socket of the kernel's ciphers", "socket.socket(38, socket.SOCK_SEQPACKET)"),
    _try("a Bluetooth socket", "socket.socket(31, socket.SOCK_RAW, 1)"),
    _try("a name", "socket.getaddrinfo('example.org', 80)"),
    _try("a name by C", "1 / bool(libc.gethostbyname(b'example.org'))", "ZeroDivisionError"),
    _try("a page", f"import urllib.request\nurllib.request.urlopen('http://127.0.0.1:{PORT}/', timeout=1)"),
    _try("a file as a page", "import urllib.request\nurllib.request.urlopen('file:///etc/passwd')"),
    _try("by asyncio", f"import asyncio\nasyncio.run(asyncio.open_connection('127.0.0.1', {PORT}))"),
    _try("a descriptor that is a socket", f"s = socket.socket(fileno=0)\ns.connect(('127.0.0.1', {PORT}))"),
    call("network", "a socket by its number", 41, "2, 1, 0"),
    call("network", "a datagram pair by its number", 53, "1, 2, 0, ctypes.create_string_buffer(8)"),
    call("network", "a connection by its number", 42, "0, ctypes.create_string_buffer(16), 16"),
    call("network", "an io_uring", 425, "8, ctypes.create_string_buffer(200)"),
)  # fmt: skip
