"""P-A11, P-A13, P-A14, F-F19: what lists and titles say, to whom they say it, and addresses that people copy."""

import re

import pytest
import yaml
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from ecase.officers.models import Organisation
from tests.motions.conftest import World
from tests.portal import scenes
from tests.portal.conftest import Visitor
from workflows.motions.states import ActType


def title(page: str) -> str:
    return page.split("<title>")[1].split("</title>", maxsplit=1)[0]


def test_p_a11_a_list_tells_granted_from_refused(world: World, visitor: Visitor) -> None:
    granted, refused = world.decided("custody", "sanctioned"), world.decided("search", "refused")
    client = visitor(world.posts["investigator"])
    page = client.get("/?scope=all").content.decode()
    for motion in (granted, refused):
        assert str(motion.kind_entry.outcome(motion.outcome).label.en) in page
    for decided, shown, hidden in (("granted", granted, refused), ("refused", refused, granted)):
        page = client.get(f"/?scope=all&decided={decided}").content.decode()
        assert f'href="/motions/{shown.pk}/"' in page
        assert f'href="/motions/{hidden.pk}/"' not in page


def test_p_a14_a_list_says_you_to_whom_the_step_is_expected_of(world: World, visitor: Visitor) -> None:
    motion = world.assigned("custody")
    assert "You decide." in visitor(world.post(motion, "judge")).get("/").content.decode()
    page = visitor(world.posts["investigator"]).get("/?scope=all").content.decode()
    assert "The judge decides." in page
    assert "You decide." not in page


def test_p_a14_counsel_reads_until_when_he_can_appeal(world: World, visitor: Visitor) -> None:
    scenes.delivered(world)
    assert "You can appeal until" in visitor(world.posts["defender"]).get("/?scope=all").content.decode()


def test_p_a14_with_the_head_of_the_body_the_author_reads_that(world: World, visitor: Visitor) -> None:
    motion = scenes.approval(world)
    act = motion.acts.get(type=ActType.MOTION)
    page = visitor(world.posts["investigator"]).get(f"/acts/{act.pk}/done/").content.decode()
    assert "The motion is with the head of the body" in page


def test_p_a14_a_field_that_no_article_names_has_no_badge(world: World, visitor: Visitor) -> None:
    motion = world.opened(scenes.filed(world), "prosecutor")
    page = visitor(world.posts["prosecutor"]).get(f"/motions/{motion.pk}/acts/return/").content.decode()
    assert "not set in law" not in page.split("<form")[2]


def test_p_a13_titles_tell_two_tabs_apart_and_name_an_error(world: World, visitor: Visitor) -> None:
    motion = world.opened(world.filed("custody"), "prosecutor")
    client = visitor(world.posts["prosecutor"])
    name = motion.case.persons.get(pk=motion.payload["suspect"]).full_name
    assert name in title(client.get(f"/motions/{motion.pk}/").content.decode())
    page = client.post(f"/motions/{motion.pk}/acts/refusal/prepare/", {}, follow=True).content.decode()
    assert title(page).startswith("Error: ")
    assert name in title(page)


def test_p_a14_an_automatic_act_names_the_service_in_words(world: World, visitor: Visitor) -> None:
    motion = world.assigned("custody")
    page = visitor(world.posts["investigator"]).get(f"/motions/{motion.pk}/").content.decode()
    assert '<p class="moj-timeline__description">the service, by itself</p>' in page


def test_f_f19_an_address_may_be_in_capitals(world: World, visitor: Visitor) -> None:
    motion = world.filed("custody")
    address = f"/motions/{str(motion.pk).upper()}/"
    assert visitor(world.posts["prosecutor"]).get(address).status_code == 200


@pytest.mark.parametrize(("language", "separator"), [("en", ","), ("ru", ";"), ("kk", ";")])
def test_f_f19_a_table_opens_in_columns(world: World, visitor: Visitor, language: str, separator: str) -> None:
    world.decided("custody", "sanctioned")
    client = visitor(world.posts["investigator"])
    first = client.get("/statistics/table.csv", headers={"Accept-Language": language}).content.decode().splitlines()[0]
    assert first.count(separator) > 3


def test_p_a13_a_browser_finds_icons_and_a_manifest(client: Client, db: None) -> None:
    page = client.get("/sign-in/").content.decode()
    assert '<link rel="manifest" href="/manifest.webmanifest">' in page
    told = client.get("/manifest.webmanifest", headers={"Accept-Language": "kk"})
    assert (told.status_code, told["Content-Type"]) == (200, "application/manifest+json")
    assert told.json()["lang"] == "kk"
    sizes = {icon["sizes"]: finders.find(icon["src"].removeprefix("/static/")) for icon in told.json()["icons"]}
    assert sizes.keys() == {"192x192", "512x512", "any"}
    assert all(sizes.values())
    assert client.get("/favicon.ico").status_code == 302


def test_p_a14_a_courts_number_is_a_number(world: World) -> None:
    demo = yaml.safe_load((settings.BASE_DIR / "fixtures" / "demo" / "organisations.yaml").read_text(encoding="utf-8"))
    codes = [body["code"] for body in demo if body["kind"] == "court"]
    assert codes
    assert all(re.fullmatch("[0-9]{4}", code) for code in codes)
    Organisation.objects.filter(pk=world.case.court_id).update(code=codes[0])
    motion = world.assigned("custody")
    assert re.fullmatch(rf"{codes[0]}-[0-9]{{2}}-1", motion.number)
