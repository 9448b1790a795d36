"""Where a motion starts: the kinds that this post may file, found by a word, and the earlier decision to name."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.motions.conftest import World
from tests.portal import scenes
from tests.portal.conftest import Visitor
from workflows.motions.models import Motion
from workflows.motions.services import drafts
from workflows.statute.catalogue import catalogue, in_force


def offered(client: Client, world: World, query: str = "") -> set[str]:
    """The keys of the kinds on the page."""
    page = client.get(f"/cases/{world.case.pk}/motions/{query}").content.decode()
    return set(re.findall(r'name="kind" value="(\w+)"', page))


def unrelated(world: World) -> Motion:
    """A draft that has to be about an earlier decision and names none yet."""
    return drafts.create(world.case, "custody_extension", world.posts["investigator"])


@pytest.mark.parametrize("role", ["investigator", "head_of_unit", "prosecutor", "defender"])
def test_only_kinds_that_the_law_lets_this_role_file(world: World, visitor: Visitor, role: str) -> None:
    kinds = catalogue(in_force()).kinds
    client = visitor(world.posts[role])
    assert offered(client, world) == {key for key, kind in kinds.items() if role in kind.author_roles}


def test_a_kind_is_found_by_a_word_of_any_language_or_an_article(world: World, visitor: Visitor) -> None:
    client = visitor(world.posts["investigator"])
    assert offered(client, world, "?q=custody") >= {"custody"}
    assert "custody" in offered(client, world, "?q=стражей")
    assert "custody" in offered(client, world, "?q=күзетпен ұстау")
    assert "search" not in offered(client, world, "?q=стражей")
    assert "custody" in offered(client, world, "?q=147")
    assert offered(client, world, "?q=nonsense") == set()


def test_htmx_gets_the_found_kinds_alone(world: World, visitor: Visitor) -> None:
    client = visitor(world.posts["investigator"])
    answer = client.get(f"/cases/{world.case.pk}/motions/?q=search", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in answer
    assert 'value="search"' in answer


def test_every_kind_says_how_fast_and_what_it_needs(world: World, visitor: Visitor) -> None:
    client = visitor(world.posts["investigator"])
    for language, _name in settings.LANGUAGES:
        page = client.get(f"/cases/{world.case.pk}/motions/", headers={"Accept-Language": language})
        assert page.status_code == 200
    english = re.sub(r"\s+", " ", client.get(f"/cases/{world.case.pk}/motions/?q=custody").content.decode())
    assert "<strong>8 hours</strong>" in english
    assert "consents before the motion goes to court" in english


def test_what_the_law_does_not_say_is_said_to_be_open(world: World, visitor: Visitor) -> None:
    kinds = catalogue(in_force()).kinds.values()
    open_kind = next(kind for kind in kinds if any(term.mark == "U" and term.role == "judge" for term in kind.terms))
    author = open_kind.author_roles[0]
    page = visitor(world.posts[author]).get(f"/cases/{world.case.pk}/motions/").content.decode()
    assert "not set in law, set by the court&#x27;s order" in page


def test_a_draft_is_started_and_a_kind_of_somebody_else_is_refused(world: World, visitor: Visitor) -> None:
    client = visitor(world.posts["investigator"])
    address = f"/cases/{world.case.pk}/motions/"
    draft = client.post(address, {"kind": "search"})
    assert draft["Location"] == f"/motions/{Motion.objects.get().pk}/draft/"
    foreign = next(key for key, kind in catalogue(in_force()).kinds.items() if "investigator" not in kind.author_roles)
    for refused in (foreign, "no-such"):
        answer = client.post(address, {"kind": refused}, follow=True)
        assert answer.redirect_chain[0][1] == 303
        assert "error-summary" in answer.content.decode()
    assert Motion.objects.count() == 1


def test_the_earlier_decision_is_chosen_among_those_that_fit(world: World, visitor: Visitor) -> None:
    earlier, other = scenes.delivered(world), scenes.delivered(world, "search")
    draft = unrelated(world)
    client = visitor(world.posts["investigator"])
    page = client.get(f"/motions/{draft.pk}/draft/").content.decode()
    assert f'name="earlier" value="{earlier.pk}"' in page
    assert f'name="earlier" value="{other.pk}"' not in page
    assert 'href="#earlier"' in page

    answer = client.post(f"/motions/{draft.pk}/draft/earlier/", {"earlier": str(earlier.pk)}).content.decode()
    assert f'value="{earlier.pk}" checked' in answer
    assert earlier.valid_until
    until = timezone.localtime(earlier.valid_until).strftime("%Y-%m-%dT%H:%M")
    filled = rf'hx-swap-oob="outerHTML:\[data-field=.payload.current_term_ends.\].*value="{until}"'
    assert re.search(filled, answer, re.DOTALL)
    assert f'value="{until}"' in client.get(f"/motions/{draft.pk}/draft/").content.decode()
    assert 'href="#earlier"' not in answer
    assert Motion.objects.get(pk=draft.pk).earlier_id == earlier.pk

    refused = client.post(f"/motions/{draft.pk}/draft/earlier/", {"earlier": str(other.pk)})
    assert refused.status_code == 422
    assert Motion.objects.get(pk=draft.pk).earlier_id == earlier.pk


def test_without_any_decision_the_draft_says_so_where_one_is_needed(world: World, visitor: Visitor) -> None:
    draft = unrelated(world)
    page = visitor(world.posts["investigator"]).get(f"/motions/{draft.pk}/draft/").content.decode()
    assert "This case has no decision yet that a motion of this kind could be about." in page
    custody = visitor(world.posts["investigator"]).get(f"/motions/{world.draft('custody').pk}/draft/").content.decode()
    assert 'id="earlier-part"' not in custody
