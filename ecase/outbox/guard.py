"""Restricts webhook addresses: never this machine or its network, unless the setting names the host.

The name is resolved once, every address is checked, and the request goes to the checked address, so that DNS rebinding
(a different answer the second time) has no effect.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from ecase.outbox.channels.base import Forbidden

NAT64 = ipaddress.ip_network("64:ff9b::/96")
PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Target:
    """A checked address: connect to ``pinned``, which has the checked IP address instead of the name ``host``.

    ``authority`` is the Host header.
    """

    host: str
    pinned: str
    authority: str


def check(url: str) -> tuple[SplitResult, str, int]:
    """The parts of a URL that may be posted to, before its name is resolved; raises :class:`Forbidden`.

    ``https`` only; also ``http`` for the hosts of ``ECASE_WEBHOOK_HOSTS``.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as fault:
        raise Forbidden(f"{url!r} is not a web address") from fault
    schemes = PORTS if host in settings.WEBHOOK_HOSTS else ("https",)
    if parts.scheme not in schemes or not host or parts.username is not None:
        raise Forbidden(f"{url!r}: an https address without user name is expected")
    return parts, host, port or PORTS[parts.scheme]


def resolve(url: str) -> Target:
    """Resolve and check an address; raises :class:`Forbidden`, or :class:`OSError` if the name has none."""
    parts, host, port = check(url)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    inner = [address for address in addresses if not _is_public(address)]
    if inner and host not in settings.WEBHOOK_HOSTS:
        raise Forbidden(f"{host} is at {', '.join(inner)}, inside: name it in ECASE_WEBHOOK_HOSTS if that is meant")
    ip, name = (f"[{literal}]" if ":" in literal else literal for literal in (addresses[0], host))
    pinned = parts._replace(netloc=f"{ip}:{port}", fragment="").geturl()
    return Target(host, pinned, name if port == PORTS[parts.scheme] else f"{name}:{port}")


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = None
    if isinstance(ip, ipaddress.IPv6Address):
        # The IPv4 address to which an IPv6 address is translated (RFC 4291, 3056, 6052).
        inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF) if ip in NAT64 else ip.ipv4_mapped or ip.sixtofour
    return ip.is_global and not ip.is_multicast and (inner is None or inner.is_global)
