"""Who gets in where: strangers to the sign-in page, everybody else only to what the post may see."""

import uuid

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from tests.factories import CaseFactory, PostFactory, investigator_of, judge_of, prosecutor_of
from tests.motions.conftest import World
from tests.portal.conftest import Visitor

OPEN_TO_ALL = {"sign-in", "challenge", "sign-in-answer", "choose-post", "sign-out", "language", "verify"}
ANY = {
    "motion_id": uuid.UUID(int=1),
    "case_id": uuid.UUID(int=2),
    "document_id": uuid.UUID(int=3),
    "prepared_id": uuid.UUID(int=4),
    "act_id": uuid.UUID(int=5),
    "attachment_id": 1,
    "notice_id": 1,
    "entry_id": 1,
    "requirement": "materials",
    "act_type": "refusal",
}


def addresses() -> list[tuple[str, str]]:
    """Every page of the portal with an address."""
    resolver = next(one for one in get_resolver().url_patterns if getattr(one, "namespace", None) == "portal")
    patterns = [one for one in resolver.url_patterns if one.name not in OPEN_TO_ALL]
    return [
        (one.name, reverse(f"portal:{one.name}", kwargs={key: ANY[key] for key in one.pattern.converters}))
        for one in patterns
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "address"), addresses())
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_sign_in(name: str, address: str, method: str) -> None:
    response = getattr(Client(), method)(address)
    if response.status_code != 405:
        assert response.status_code == 302, name
        assert response["Location"].startswith("/sign-in/"), name


@pytest.mark.parametrize(("name", "address"), [one for one in addresses() if "0000" in one[1]])
def test_an_id_that_is_guessed_is_not_found(visitor: Visitor, name: str, address: str) -> None:
    client = visitor(PostFactory())
    statuses = {client.get(address).status_code, client.post(address).status_code}
    assert statuses <= {404, 405}, name
    assert 404 in statuses, name


def test_another_bodys_motion_is_not_found(world: World, visitor: Visitor) -> None:
    motion, elsewhere = world.filed("custody"), CaseFactory()
    for post in (investigator_of(elsewhere), prosecutor_of(elsewhere), judge_of(elsewhere), judge_of(world.case)):
        client = visitor(post)
        for page in ("motion", "materials", "draft", "decide"):
            assert client.get(reverse(f"portal:{page}", args=[motion.pk])).status_code == 404
        act = motion.acts.get(type="motion")
        for page in ("act-show", "act-pdf", "container", "done"):
            assert client.get(reverse(f"portal:{page}", args=[act.pk])).status_code == 404


def test_the_log_is_for_auditors_and_administrators(visitor: Visitor) -> None:
    assert visitor(PostFactory(auditor=True)).get("/audit/").status_code == 200
    assert visitor(PostFactory(administrator=True)).get("/audit/").status_code == 200
    assert visitor(PostFactory(judge=True)).get("/audit/").status_code == 403


def test_a_post_that_has_ended_is_out_with_the_next_click(visitor: Visitor) -> None:
    post = PostFactory()
    client = visitor(post)
    assert client.get("/").status_code == 200
    post.officer.active = False
    post.officer.save()
    assert client.get("/")["Location"].startswith("/sign-in/")


def test_htmx_is_told_to_go_to_the_sign_in_page(db: None) -> None:
    response = Client(headers={"HX-Request": "true"}).get("/")
    assert response["HX-Redirect"].startswith("/sign-in/")


def test_a_destination_of_another_site_is_not_followed(visitor: Visitor) -> None:
    client = visitor(PostFactory())
    assert client.get("/sign-in/?next=https://example.org/")["Location"] == "/"


def test_pages_allow_nothing_but_their_own_scripts_and_the_signer(visitor: Visitor) -> None:
    response = visitor(PostFactory()).get("/")
    policy = response["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "style-src 'self';" in f"{policy};"
    assert "unsafe" not in policy
    assert b" style=" not in response.content
    assert response["Cache-Control"] == "private, no-store"
