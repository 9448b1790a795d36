"""How often a client may ask: at anonymous doors by address, in PostgreSQL; behind a token by post, in the process."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone

from ecase.limits import services
from ecase.limits.clients import client_of
from ecase.limits.models import Window
from ecase.limits.rates import Rate
from ecase.limits.services import ProcessCounter
from ecase.problems import TooMany

TWO_A_MINUTE = Rate(2, 60)


def from_address(address: str, forwarded: str | None = None) -> Any:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR=address, headers=headers)


@pytest.mark.parametrize(
    ("text", "rate"),
    [("60/min", Rate(60, 60)), ("1/s", Rate(1, 1)), ("5/hour", Rate(5, 3600)), ("9/day", Rate(9, 86400))],
)
def test_a_rate_is_read(text: str, rate: Rate) -> None:
    assert Rate.parse(text) == rate


@pytest.mark.parametrize("text", ["", "soon", "0/min", "-1/min", "60", "60/fortnight", "60/min ", "6e1/min"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="written like 60/min"):
        Rate.parse(text)


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("10.0.0.7", "10.0.0.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.7", "10.0.0.7"),
        ("", "unknown"),
        ("x" * 500, "unknown"),
    ],
)
def test_under_which_name_a_client_is_counted(address: str, client: str) -> None:
    assert client_of(from_address(address)) == client


@pytest.mark.parametrize(("proxies", "client"), [(0, "10.0.0.1"), (1, "10.9.9.9"), (2, "10.8.8.8"), (9, "10.7.7.7")])
def test_only_our_own_proxies_are_believed(settings: Any, proxies: int, client: str) -> None:
    settings.PROXIES = proxies

    assert client_of(from_address("10.0.0.1", "10.7.7.7, 10.8.8.8, 10.9.9.9")) == client


@pytest.mark.django_db
def test_one_address_is_counted_and_another_is_not_held_up(settings: Any, django_assert_num_queries: Any) -> None:
    settings.LIMITS = {"sign-in": TWO_A_MINUTE}
    services.require("sign-in", from_address("10.0.0.1"))
    with django_assert_num_queries(1):
        services.require("sign-in", from_address("10.0.0.1"))

    with pytest.raises(TooMany) as refused:
        services.require("sign-in", from_address("10.0.0.1"))
    services.require("sign-in", from_address("10.0.0.2"))

    assert 0 < int(refused.value.headers["Retry-After"]) <= 60
    assert refused.value.headers["RateLimit-Policy"] == '"sign-in";q=2;w=60'


@pytest.mark.django_db
def test_a_window_ends_and_old_ones_go(settings: Any) -> None:
    settings.LIMITS = {"sign-in": TWO_A_MINUTE}
    for _ in range(100):
        services.spend("sign-in", from_address("10.0.0.1"))
    assert Window.objects.get().count == 3, "a flood does not run into the column's end"
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert not services.spend("sign-in", from_address("10.0.0.1")).is_exceeded
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        services.spend("sign-in", from_address("10.0.0.2"))

    assert Window.objects.get().client == "10.0.0.2"


@pytest.mark.django_db(transaction=True)
def test_processes_count_together(settings: Any) -> None:
    """O-F17: each process had a count of its own, so that four allowed four times the limit."""
    settings.LIMITS = {"sign-in": Rate(10, 3600)}

    def ask(_: int) -> bool:
        try:
            return services.spend("sign-in", from_address("10.0.0.1")).is_exceeded
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        refused = list(pool.map(ask, range(40)))

    assert refused.count(False) == 10


@pytest.mark.django_db
def test_the_portals_challenge_is_limited_too(settings: Any) -> None:
    """O-F17: 200 of 200 were given out, a row each."""
    settings.LIMITS = {"sign-in": TWO_A_MINUTE}
    client = Client(headers={"Accept-Language": "en"})
    answers = [client.post("/sign-in/challenge/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1]["Retry-After"]
    assert answers[-1].json()["problems"][0]["code"] == "too-many-requests"


def test_a_process_counts_its_share_and_keeps_a_bounded_number_of_keys() -> None:
    now, counter = timezone.now(), ProcessCounter(most_keys=2)
    assert Rate(10, 60).share(4) == Rate(3, 60)
    assert [counter.spend("post", "a", TWO_A_MINUTE, now).is_exceeded for _ in range(3)] == [False, False, True]
    assert not counter.spend("post", "a", TWO_A_MINUTE, now + timedelta(seconds=60)).is_exceeded

    for key in "bcd":
        counter.spend("post", key, TWO_A_MINUTE, now)
    assert len(counter._windows) == 2
