"""Which proxy the environment names for an address."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass


@dataclass(frozen=True, slots=True)
class Proxy:
    """By what requests go."""

    address: str
    """Without user and password."""
    fields: Mapping[str, str]
    """Header fields by which it knows its user."""

    @classmethod
    def of(cls, address: str) -> Proxy | None:
        """The proxy that the environment names for an address (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`).

        A proxy cannot reach this machine's own addresses and is never asked to.
        """
        parts = urlsplit(address)
        host = parts.hostname or ""
        proxies = getproxies()
        proxy = proxies.get(parts.scheme) or proxies.get("all")
        if not proxy or _own(host) or proxy_bypass(f"{host}:{parts.port}" if parts.port else host):
            return None
        by = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        plain = urlunsplit((by.scheme, by.netloc.rpartition("@")[2], "", "", ""))
        if by.username is None:
            return cls(plain, {})
        pair = f"{unquote(by.username)}:{unquote(by.password or '')}"
        return cls(plain, {"Proxy-Authorization": f"Basic {b64encode(pair.encode()).decode()}"})


def _own(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
