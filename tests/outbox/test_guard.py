"""Webhooks never reach this machine or its neighbours, by whatever name."""

import socket

import pytest

from ecase.outbox import guard
from ecase.outbox.channels import webhook
from ecase.outbox.models import Message


@pytest.fixture
def names(monkeypatch):
    """A resolver that answers as told: the network of the tests has none."""
    table = {}

    def getaddrinfo(host, port, **_options):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in table.get(host, [host])]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return table


INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "::1",
    "fe80::1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "2002:7f00:1::1",
    "64:ff9b::7f00:1",
]


@pytest.mark.parametrize("ip", INSIDE)
def test_an_inner_address_is_forbidden(names, ip):
    names["hook.example"] = [ip]
    with pytest.raises(guard.Forbidden, match="inside"):
        guard.resolve("https://hook.example/")


def test_one_inner_address_among_others_is_enough(names):
    names["hook.example"] = ["8.8.8.8", "127.0.0.1"]
    with pytest.raises(guard.Forbidden, match="inside"):
        guard.resolve("https://hook.example/")


@pytest.mark.parametrize(
    "url",
    [
        "http://hook.example/",
        "ftp://hook.example/",
        "file:///etc/passwd",
        "https:///path",
        "https://user:word@hook.example/",
        "https://hook.example:99999/",
        "https://[::1/",
        "",
    ],
)
def test_a_strange_address_is_forbidden(names, url):
    with pytest.raises(guard.Forbidden):
        guard.resolve(url)


def test_the_connection_is_pinned_to_the_checked_address(names):
    names["hook.example"] = ["8.8.8.8"]
    target = guard.resolve("https://hook.example/a?b=c#d")
    assert (target.pinned, target.authority, target.host) == (
        "https://8.8.8.8:443/a?b=c",
        "hook.example",
        "hook.example",
    )


def test_an_ipv6_address_is_pinned_in_brackets(names):
    names["hook.example"] = ["2001:4860:4860::8888"]
    target = guard.resolve("https://hook.example:8443/")
    assert (target.pinned, target.authority) == ("https://[2001:4860:4860::8888]:8443/", "hook.example:8443")


def test_a_named_inner_host_is_allowed(names, settings):
    names["court.internal"] = ["10.1.2.3"]
    settings.WEBHOOK_HOSTS = ["court.internal"]
    assert guard.resolve("http://court.internal/hook").pinned == "http://10.1.2.3:80/hook"


def test_a_forbidden_address_is_an_undelivered_message(subscription, organisation, settings):
    settings.WEBHOOK_HOSTS = []
    message = Message(subscription=subscription, organisation=organisation, payload={})
    with pytest.raises(webhook.NotDelivered, match="https"):
        webhook.post(message, message.created_at)
