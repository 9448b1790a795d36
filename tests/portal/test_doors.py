"""Who gets in where: strangers to the sign-in page, everybody else only to what the post may see."""

import uuid
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import get_resolver, resolve, reverse
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.portal.views.sign_in import CANDIDATE
from tests.factories import CaseFactory, PostFactory, investigator_of, judge_of, prosecutor_of
from tests.motions.conftest import World
from tests.past_guards import move
from tests.portal.conftest import Visitor

OPEN_TO_ALL = {
    "sign-in",
    "challenge",
    "sign-in-answer",
    "choose-post",
    "sign-out",
    "language",
    "verify",
    "genuine",
    "icon",
    "manifest",
}
ANY = {
    "motion_id": uuid.UUID(int=1),
    "case_id": uuid.UUID(int=2),
    "person_id": uuid.UUID(int=8),
    "counsel_id": 1,
    "document_id": uuid.UUID(int=3),
    "prepared_id": uuid.UUID(int=4),
    "act_id": uuid.UUID(int=5),
    "copy_id": uuid.UUID(int=6),
    "upload_id": uuid.UUID(int=7),
    "attachment_id": 1,
    "notice_id": 1,
    "endpoint_id": uuid.UUID(int=7),
    "entry_id": 1,
    "requirement": "materials",
    "act_type": "refusal",
    "sha256": "00" * 32,
}


def addresses() -> list[tuple[str, str]]:
    """Every page of the portal with an address."""
    resolver = next(
        url_pattern
        for url_pattern in get_resolver().url_patterns
        if getattr(url_pattern, "namespace", None) == "portal"
    )
    patterns = [url_pattern for url_pattern in resolver.url_patterns if url_pattern.name not in OPEN_TO_ALL]
    return [
        (pattern.name, reverse(f"portal:{pattern.name}", kwargs={key: ANY[key] for key in pattern.pattern.converters}))
        for pattern in patterns
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "address"), addresses())
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_sign_in(name: str, address: str, method: str) -> None:
    response = getattr(Client(), method)(address, follow=True)
    if response.status_code != 405:
        assert [resolve(urlsplit(step).path).url_name for step, _ in response.redirect_chain][-1:] == ["sign-in"], name


def test_a_signature_is_good_for_one_choice_of_a_post(db: None) -> None:
    held = PostFactory()
    ended = PostFactory(officer=held.officer, valid_to=timezone.now())
    client = Client(headers={"Accept-Language": "en"})
    session = client.session
    session[CANDIDATE] = str(held.officer_id)
    session.save()
    assert "Choose the post in which you act now" in client.post("/sign-in/post/", {"post": "?"}).content.decode()
    answer = client.post("/sign-in/post/", {"post": str(ended.pk)})
    assert answer.status_code == 403
    assert "You do not hold this post now" in answer.content.decode()
    assert Entry.objects.get(chain=f"officer:{held.officer_id}").event == "sign_in.refused"
    assert client.post("/sign-in/post/", {"post": str(held.pk)})["Location"] == "/sign-in/"


@pytest.mark.parametrize(("name", "address"), [address for address in addresses() if "0000" in address[1]])
def test_an_id_that_is_guessed_is_not_found(visitor: Visitor, name: str, address: str) -> None:
    client = visitor(PostFactory())
    answers = [getattr(client, method)(address, follow=True) for method in ("get", "post", "head")]
    # GET of an address that is for POST leads to the page with its form, which may be one without an id.
    statuses = {answer.status_code for answer in answers if "0000" in answer.request["PATH_INFO"]}
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
    """And comes back to the page, not to the part of it that was asked for."""
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/?scope=all"}
    response = Client(headers=headers).get("/?scope=all&seen=e3b0")
    assert response["HX-Redirect"] == "/sign-in/?next=/%3Fscope%3Dall&ended=1"


def test_an_htmx_request_from_another_site_leads_to_the_start(db: None) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://example.org/cases/"}
    assert Client(headers=headers).get("/?seen=e3b0")["HX-Redirect"] == "/sign-in/?next=/&ended=1"


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


def test_the_defence_sees_the_files_of_motions_that_are_open_to_it(world: World, visitor: Visitor) -> None:
    closed, opened = world.filed("search"), world.assigned("custody")
    move(closed, defence=False)
    move(opened, defence=True)
    client = visitor(world.posts["defender"])
    for motion, status in ((closed, 404), (opened, 200)):
        attachment = motion.attachments.select_related("document").first()
        assert attachment
        address = reverse("portal:document", args=[world.case.pk, attachment.document_id])
        assert client.get(address).status_code == status
        assert (address in client.get(f"/cases/{world.case.pk}/").content.decode()) == (status == 200)
