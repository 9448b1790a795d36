"""Every door to the log over HTTP, for one entry of each kind: who reads it reads it at each, and nobody else does."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ecase.audit import sequencer
from ecase.audit.models import Entry
from ecase.officers.models import Post
from signatures.tlog.transparency import Proof
from tests.api.conftest import Caller
from tests.logs import PATIENCE, separate
from tests.motions.conftest import World
from tests.motions.week import COVERT, Week, build, expected, motion_of
from tests.portal.conftest import sign_in

ROLES = (
    *("investigator", "head_of_unit", "prosecutor", "judge", "court_chair", "clerk", "defender"),
    *("auditor", "administrator", "stranger", "other_defender"),
)
WATCHERS = ("auditor", "administrator")


@pytest.fixture
def week(
    transactional_db: None, demo_pki: Path, settings: Any, tmp_path: Path, make_world: Callable[[], World]
) -> Week:
    separate(settings, tmp_path)
    week = build(make_world())
    sequencer.settle(PATIENCE)
    return week


def kinds(week: Week) -> Iterator[tuple[Entry, str]]:
    """One entry of each event, and one more of those about a covert motion."""
    found: dict[tuple[str, bool], tuple[Entry, str]] = {}
    for entry in Entry.objects.order_by("pk"):
        motion = motion_of(week, entry)
        if motion != "?":
            found[entry.event, motion in COVERT] = entry, motion
    return iter(found.values())


def page(post: Post) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    sign_in(client, post)
    return client


def listed(client: Client, chain: str) -> str:
    return client.get("/audit/", {"chain": chain}).content.decode()


def test_each_door_once_for_each_kind_of_entry_and_role(week: Week) -> None:
    """Findings R-A1 and R-A2."""
    entries = list(kinds(week))
    assert len(entries) > 35
    for role in ROLES:
        post = week.posts[role]
        caller, client = Caller(post), page(post)
        for entry, motion in entries:
            told = expected(week, entry, role)
            what = (role, entry.event, motion)
            shown = bytes(entry.record) if told else bytes(entry.hash)
            answer = caller.get(f"/api/v1/audit/entries/{entry.pk}/proof")
            assert Proof.parse(answer.content.decode()).extra == shown, what
            if role in WATCHERS:
                assert Proof.parse(client.get(f"/audit/{entry.pk}/proof/").content.decode()).extra == shown, what
                assert client.get(f"/audit/{entry.pk}/").status_code == (200 if told else 404), what
                assert (f"/audit/{entry.pk}/" in listed(client, entry.chain)) == told, what
        if role not in WATCHERS:
            assert client.get("/audit/").status_code == 403


def test_a_page_of_the_list_is_full_whatever_is_hidden(week: Week) -> None:
    """Neither a line that says that something is hidden, nor a page that is shorter for it."""
    client = page(week.posts["administrator"])
    post = week.posts["administrator"]
    known = [entry for entry in Entry.objects.all() if motion_of(week, entry) != "?"]
    shown = [entry for entry in known if expected(week, entry, "administrator")]

    first = client.get("/audit/").content.decode()

    assert post
    assert first.count('href="/audit/') >= min(30, len(shown))
    assert "secret" not in first
