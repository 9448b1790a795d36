"""Tests every entry of a week's log against every post: who may read it, by a table independent of the code's rule.

Also R-A1 and R-A2: a chain that is read has no gap in its numbers, and an unclassified event is shown to nobody.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin

from ecase.audit import services as audit
from ecase.audit.models import Entry
from ecase.officers.admin_base import AuditedAdmin
from ecase.portal.views.audit import EVENTS as WORDS
from tests.factories import PostFactory
from tests.logs import about
from tests.motions.week import Week, build, expected, motion_of
from tests.motions.world import World
from workflows.motions.states import ActType
from workflows.motions.visibility import EVENTS, SUBJECTS, entries_visible_to, entry_is_visible

pytestmark = pytest.mark.django_db


@pytest.fixture
def week(world: World) -> Week:
    return build(world)


def test_every_entry_of_a_week_against_every_post(week: Week) -> None:
    """Findings R-A1 and R-A2: the table holds for every entry."""
    entries = [entry for entry in Entry.objects.order_by("pk") if motion_of(week, entry) != "?"]
    wrong = []
    for role, post in week.posts.items():
        shown = set(entries_visible_to(post).values_list("pk", flat=True))
        wrong += [
            (role, entry.event, motion_of(week, entry), entry.pk in shown)
            for entry in entries
            if (entry.pk in shown) != expected(week, entry, role)
        ]
        for entry in entries[:: len(entries) // 20]:
            assert entry_is_visible(entry, post) == (entry.pk in shown)

    assert not sorted(set(wrong))
    assert {entry.event for entry in entries} >= {
        *(
            "act.performed",
            "act.refused",
            "bar.declared",
            "copies.owed",
            "counsel.named",
            "person.added",
        ),
        *("document.read", "document.stored", "draft.discarded", "draft.saved", "draw.made", "motion.opened"),
        *("motion.printed", "message.given_up", "request.refused", "session.opened", "subscription.made"),
        *("suggestion.made", "suggestion.refused", "team.joined"),
    }


def test_no_chain_is_read_with_a_gap(week: Week) -> None:
    """A reader of one entry of a chain reads all of it, so that no missing number reveals a hidden entry.

    Except a court's covert draws: each states its own number to those who see its motion.
    """
    whole: dict[str, set[int]] = {}
    for chain, seq in Entry.objects.values_list("chain", "seq"):
        whole.setdefault(chain, set()).add(seq)
    for role, post in week.posts.items():
        seen: dict[str, set[int]] = {}
        for chain, seq in entries_visible_to(post).values_list("chain", "seq"):
            seen.setdefault(chain, set()).add(seq)
        assert {
            chain: numbers for chain, numbers in seen.items() if numbers != whole[chain] and "covert_draws" not in chain
        } == {}, role


def test_somebody_who_is_admitted_reads_of_a_covert_motion(week: Week) -> None:
    covert, prosecutor = week.motions["covert"], week.posts["prosecutor"]
    acts = [entry for entry in about("motion", covert.pk) if entry.event == "act.performed"]
    assert not any(entry_is_visible(entry, prosecutor) for entry in acts)

    week.world.does(covert, ActType.ADMISSION, "author", iin=prosecutor.officer.iin)

    assert all(entry_is_visible(entry, prosecutor) for entry in acts)
    assert not any(entry_is_visible(entry, week.posts["auditor"]) for entry in acts)


# -- what is not known --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "subject"),
    [("dossier.leaked", {}), ("act.performed", {"dossier": "1"}), ("admin.changed", {"dossier": "1"})],
)
def test_what_nobody_has_classified_is_shown_to_nobody(event: str, subject: dict[str, str], db: None) -> None:
    posts = [PostFactory(**{role: True}) for role in ("auditor", "administrator", "judge", "prosecutor", "defender")]
    entry = audit.append(event, chain="system", actor=posts[0].as_actor(), subject=subject)

    assert not any(entry_is_visible(entry, post) for post in posts)


@pytest.mark.parametrize("about", [{"motion": "00000000-0000-4000-8000-000000000000"}, {"motion": "x"}])
def test_a_motion_that_is_not_there_is_nobodys(about: dict[str, str], db: None) -> None:
    posts = [PostFactory(**{role: True}) for role in ("auditor", "administrator", "judge")]
    entry = audit.append("act.performed", chain="motion:x", actor=audit.service_actor(), subject=about)

    assert not any(entry_is_visible(entry, post) for post in posts)


EVENT = re.compile(r"[a-z_]+\.[a-z_]+")
# How the code writes to the log.
APPENDING = ("services.append(", "audit.append", "audit.read(", "append_refusal", "_log(", " log(")
# Names of messages that are not events of the log.
TOPICS = {"signature.accepted", "signature.refused"}


def _appended() -> Iterator[str]:
    """Names like events in modules that write to the log: arguments of functions, and constants."""
    rooms = [settings.BASE_DIR / name for name in ("api", "ecase", "workflows")]
    for path in (path for room in rooms for path in Path(room).rglob("*.py") if "migrations" not in path.parts):
        text = path.read_text(encoding="utf-8")
        if any(call in text for call in APPENDING):
            yield from _named(ast.parse(text))


def _named(tree: ast.Module) -> Iterator[str]:
    calls = (node.args[:3] for node in ast.walk(tree) if isinstance(node, ast.Call))
    assigned = ([node.value] for node in ast.walk(tree) if isinstance(node, ast.Assign))
    tuples = (node.elts for node in ast.walk(tree) if isinstance(node, ast.Tuple))
    stated = [node for group in (*calls, *assigned, *tuples) for node in group]
    stated += [side for node in stated if isinstance(node, ast.IfExp) for side in (node.body, node.orelse)]
    for node in (node for node in stated if isinstance(node, ast.Constant)):
        if isinstance(node.value, str) and EVENT.fullmatch(node.value):
            yield node.value


def test_each_event_of_the_code_is_classified_and_has_its_words() -> None:
    things = {event.partition(".")[0] for event in EVENTS}
    found = {event for event in _appended() if event.partition(".")[0] in things} - TOPICS

    assert set(EVENTS) <= found, set(EVENTS) - found
    assert found <= set(EVENTS), found - set(EVENTS)
    assert set(WORDS) == set(EVENTS), set(WORDS) ^ set(EVENTS)


def test_each_table_of_reference_data_is_named() -> None:
    tables = {site.opts.model_name for site in admin.site._registry.values() if isinstance(site, AuditedAdmin)}

    assert tables <= SUBJECTS, tables - SUBJECTS


def test_an_unknown_role_reads_nothing_but_its_own(world: World) -> None:
    world.filed("custody")
    post = PostFactory(role="nobody")

    assert not entries_visible_to(post).exists()
