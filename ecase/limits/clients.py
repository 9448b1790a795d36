"""Who asks, where nobody has signed in: the address that our own proxies have seen."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"
# What a customer is given as a whole: he may change his address within it at will.
IPV6_PREFIX = 64


def address_of(request: HttpRequest) -> str:
    """The client's address. Of ``X-Forwarded-For`` only what the proxies of ``ECASE_PROXIES`` have written counts."""
    remote = str(request.META.get("REMOTE_ADDR") or "")
    forwarded = [part.strip() for part in str(request.META.get("HTTP_X_FORWARDED_FOR") or "").split(",")]
    if settings.PROXIES and forwarded != [""]:
        return forwarded[-min(settings.PROXIES, len(forwarded))]
    return remote


def client_of(request: HttpRequest) -> str:
    """Under which name requests are counted: an IPv4 address, a network of IPv6, or ``unknown``."""
    try:
        address = ip_address(address_of(request))
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, IPV6_PREFIX), strict=False))
    return str(address)
