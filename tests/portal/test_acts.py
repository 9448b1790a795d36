"""Every act that an officer may write has a page: its form, its choices, its signature; and nobody else has it."""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from tests.law import law_of
from tests.motions.conftest import PDF, World
from tests.portal import scenes
from tests.portal.conftest import Visitor
from workflows.motions.acts.registry import SERVICE_ACTS
from workflows.motions.models import Motion, PreparedAct
from workflows.motions.services import acting
from workflows.motions.states import WITH_OUTCOME, ActType

WRITTEN_HERE = set(ActType) - SERVICE_ACTS - WITH_OUTCOME - {ActType.MOTION}
FORMS = law_of().acts
ASKING = [act_type for act_type in sorted(WRITTEN_HERE) if any(field.required for field in FORMS[act_type].fields)]


def typed(payload: Mapping[str, Any], path: str = "payload") -> dict[str, Any]:
    """What a browser would post of a form that is filled in with ``payload``."""
    return dict(pair for key, value in payload.items() for pair in _pairs(f"{path}.{key}", value))


def _pairs(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, bool):
        yield path, "yes" if value else "no"
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for number, row in enumerate(value):
            yield from typed(row, f"{path}.{number}").items()
    else:
        yield path, value


def faults(answer: HttpResponse) -> list[str]:
    """What the page's error summary says."""
    return re.findall(r'<li><a href="#[^"]*">[^<]*', answer.content.decode())


def enter(world: World, visitor: Visitor, motion: Motion, role: str) -> Client:
    """The officer of ``role``, who has read the materials."""
    world.opened(motion, role)
    return visitor(world.post(motion, role))


def test_no_act_is_forgotten() -> None:
    assert set(scenes.SCENES) == WRITTEN_HERE


@pytest.mark.parametrize("act_type", sorted(WRITTEN_HERE))
def test_an_act_is_written_on_its_page(world: World, visitor: Visitor, act_type: ActType) -> None:
    role, scene, _given = scenes.SCENES[act_type]
    motion = scene(world)
    client = enter(world, visitor, motion, role)
    address = f"/motions/{motion.pk}/acts/{act_type}/"
    assert address in client.get(f"/motions/{motion.pk}/").content.decode()
    for language, _name in settings.LANGUAGES:
        page = client.get(address, headers={"Accept-Language": language})
        assert page.status_code == 200
        assert 'id="act-form"' in page.content.decode()

    posted = typed(scenes.stated(world, motion, act_type))
    assert client.post(address, posted)["X-Kept-All"] == "yes"
    answer = client.post(f"{address}prepare/", posted)
    assert answer.status_code == 302, faults(answer)
    assert client.get(answer["Location"]).status_code == 200
    assert PreparedAct.objects.filter(motion=motion, type=act_type).exists()


@pytest.mark.parametrize("act_type", ASKING)
def test_what_an_act_lacks_is_named_at_its_field(world: World, visitor: Visitor, act_type: ActType) -> None:
    role, scene, _given = scenes.SCENES[act_type]
    motion = scene(world)
    # Which of its appeals an act names is filled in where there is but one.
    required = [field for field in acting.form(motion, act_type).fields if field.required and field.key != "appeal"]
    answer = enter(world, visitor, motion, role).post(f"/motions/{motion.pk}/acts/{act_type}/prepare/", follow=True)
    assert answer.status_code == 200
    for field in required:
        assert f'href="#payload.{field.key}"' in answer.content.decode()


def test_the_register_offers_what_it_knows(world: World, visitor: Visitor) -> None:
    motion = scenes.filed(world)
    page = enter(world, visitor, motion, "investigator").get(f"/motions/{motion.pk}/acts/correction/").content.decode()
    assert 'name="payload.field" value="detained_at"' in page

    motion = scenes.assigned(world)
    page = visitor(world.posts["court_chair"]).get(f"/motions/{motion.pk}/acts/transfer/").content.decode()
    assert motion.court.parent
    assert f'value="{motion.court.parent.bin}"' in page
    assert f'value="{motion.court.bin}"' not in page


def test_a_supplement_takes_files_and_shows_only_those(world: World, visitor: Visitor) -> None:
    motion = scenes.assigned(world)
    client = visitor(world.posts["investigator"])
    upload = BytesIO(PDF + b"new")
    upload.name = "жаңа.pdf"
    part = client.post(f"/motions/{motion.pk}/attachments/for/other/", {"file": upload})
    assert part.status_code == 200
    assert "жаңа.pdf" in part.content.decode()
    page = client.get(f"/motions/{motion.pk}/acts/supplement/").content.decode()
    assert page.count("жаңа.pdf</a>") == 1
    assert "materials.pdf</a>" not in page
    judge = enter(world, visitor, motion, "judge").get(f"/motions/{motion.pk}/materials/").content.decode()
    assert "жаңа.pdf" not in judge


def test_a_supplement_without_files_is_refused(world: World, visitor: Visitor) -> None:
    motion = scenes.assigned(world)
    answer = visitor(world.posts["investigator"]).post(f"/motions/{motion.pk}/acts/supplement/prepare/", follow=True)
    assert 'href="#attachments"' in answer.content.decode()


@pytest.mark.parametrize("effect", ["stands", "changed", "cancelled"])
def test_an_appeal_is_ruled_on_with_an_outcome(world: World, visitor: Visitor, effect: str) -> None:
    motion = scenes.sent_up(world)
    client = enter(world, visitor, motion, "appellate_judge")
    outcome = next(outcome.key for outcome in motion.kind_entry.appeal.outcomes if outcome.effect == effect)
    address = f"/motions/{motion.pk}/acts/appeal_ruling/"
    posted = typed(world.ruling(motion, outcome))
    fields = client.post(f"{address}fields/", posted).content.decode()
    assert ('name="payload.new_outcome"' in fields) == (effect == "changed")
    assert client.post(address, {}).status_code == 200
    assert client.post(address, posted)["X-Kept-All"] == "yes"
    assert f'value="{outcome}" checked' in client.get(address).content.decode()
    answer = client.post(f"{address}prepare/", posted)
    assert answer.status_code == 302, faults(answer)


def test_what_an_appeal_puts_in_the_place_of_the_outcome_is_signed(world: World, visitor: Visitor) -> None:
    motion = scenes.sent_up(world)
    client = enter(world, visitor, motion, "appellate_judge")
    outcome = next(outcome.key for outcome in motion.kind_entry.appeal.outcomes if outcome.effect == "changed")
    address = f"/motions/{motion.pk}/acts/appeal_ruling/"
    asked = client.post(f"{address}fields/", typed({"outcome": outcome, "new_outcome": "other_measure"}))
    assert 'name="payload.conditions"' in asked.content.decode()
    bare = client.post(
        f"{address}prepare/", typed({**world.ruling(motion, outcome), "new_outcome": "other_measure"}), follow=True
    )
    assert 'href="#payload.conditions"' in bare.content.decode()
    posted = typed(world.ruling(motion, outcome, "refused"))
    answer = client.post(f"{address}prepare/", posted)
    assert answer.status_code == 302, faults(answer)
    assert PreparedAct.objects.get(pk=answer["Location"].split("/")[-2]).payload["new_outcome"] == "refused"
    label = str(motion.kind_entry.outcome("refused").label.en)
    assert label in client.get(answer["Location"]).content.decode()


def test_a_ruling_without_an_outcome_says_so(world: World, visitor: Visitor) -> None:
    motion = scenes.sent_up(world)
    client = enter(world, visitor, motion, "appellate_judge")
    answer = client.post(f"/motions/{motion.pk}/acts/appeal_ruling/prepare/", follow=True)
    assert 'href="#payload.outcome"' in answer.content.decode()


def test_an_urgent_step_is_decided_by_its_own_outcomes(world: World, visitor: Visitor) -> None:
    kind = world.kind("search")
    motion = world.assigned("search", **{kind.urgent.field: True})
    page = enter(world, visitor, motion, "judge").get(f"/motions/{motion.pk}/decide/").content.decode()
    for outcome in kind.outcomes:
        assert (f'value="{outcome.key}"' in page) == (outcome.path == "urgent"), outcome.key
    assert "What the step has found becomes inadmissible as evidence." in page
