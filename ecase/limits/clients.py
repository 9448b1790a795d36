"""Identifies clients that have not signed in, by the address that the installation's own proxies have seen."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"
# The network assigned to one customer, who may change his address within it at will.
IPV6_PREFIX = 64


def client_of(request: HttpRequest) -> str:
    """The name under which requests are counted: an IPv4 address, an IPv6 network, or ``unknown``.

    Of ``X-Forwarded-For`` only entries written by the proxies of ``ECASE_PROXIES`` count.
    """
    client = str(request.META.get("REMOTE_ADDR") or "")
    forwarded = [part.strip() for part in str(request.META.get("HTTP_X_FORWARDED_FOR") or "").split(",")]
    if settings.PROXIES and forwarded != [""]:
        client = forwarded[-min(settings.PROXIES, len(forwarded))]
    try:
        address = ip_address(client)
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, IPV6_PREFIX), strict=False))
    return str(address)
