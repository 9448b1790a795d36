"""Pages that need no browser to be judged: saving, refusals, verification, the inbox, the log."""

import json
import re
from base64 import encodebytes
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ecase.audit.models import Entry
from ecase.cases.storage import path_of
from tests.factories import PostFactory
from tests.logs import done_by, separate
from tests.motions.conftest import World
from tests.portal.conftest import Visitor
from workflows.motions import queries
from workflows.motions.exports import act_evidence
from workflows.motions.models import Motion, Opening


def test_a_wrong_answer_does_not_cost_the_right_ones(world: World, visitor: Visitor) -> None:
    motion = world.draft("custody", offence=None)
    client = visitor(world.posts["investigator"])
    typed = {"payload.offence": "Мәтін.", "payload.detained_at": "nonsense", "base": json.dumps(motion.payload)}
    response = client.post(f"/motions/{motion.pk}/draft/", typed)
    assert response.status_code == 200
    assert response["X-Kept-All"] == "no"
    assert 'href="#payload.detained_at"' in response.content.decode()
    assert Motion.objects.get().payload == {"offence": "Мәтін."}


def test_the_same_text_again_is_no_conflict(world: World, visitor: Visitor) -> None:
    motion = world.draft("custody", offence=None)
    client = visitor(world.posts["investigator"])
    typed = {"payload.offence": "Мәтін.", "base": json.dumps(motion.payload)}
    assert [client.post(f"/motions/{motion.pk}/draft/", typed).status_code for _time in range(2)] == [200, 200]


def test_a_signature_of_somebody_else_is_refused_in_words(world: World, visitor: Visitor) -> None:
    motion = world.draft("custody")
    client = visitor(world.posts["investigator"])
    page = client.post(f"/motions/{motion.pk}/draft/file/", _typed(client, motion))
    address = page["Location"]
    content = client.get(f"{address}act.json").content
    response = client.post(f"{address}signature/", {"cms": _pem(world.keys.sign(world.posts["judge"], content))})
    assert response.status_code == 422
    assert response.json()["title"] == "The signature was not accepted"
    assert response.json()["problems"]
    assert Motion.objects.get().state == "draft"

    response = client.post(f"{address}signature/", {"cms": _pem(world.keys.sign(world.posts["investigator"], content))})
    assert re.fullmatch(r"/acts/[0-9a-f-]+/done/", response.json()["next"])
    assert client.get(response.json()["next"]).status_code == 200


def test_reading_is_stamped_once_and_logged_every_time(world: World, visitor: Visitor) -> None:
    motion, post = world.filed("custody"), world.posts["prosecutor"]
    client = visitor(post)
    client.get(f"/motions/{motion.pk}/")
    assert not Opening.objects.filter(role="prosecutor").exists()
    for _time in range(2):
        client.get(f"/motions/{motion.pk}/materials/")
    assert Opening.objects.get(role="prosecutor").officer == post.officer
    assert [entry.event for entry in done_by(post)] == ["motion.opened"] * 2


def test_an_attachment_is_read_and_logged(world: World, visitor: Visitor) -> None:
    motion, post = world.filed("custody"), world.posts["prosecutor"]
    attachment = motion.attachments.first()
    assert attachment
    response = visitor(post).get(f"/motions/{motion.pk}/attachments/{attachment.pk}/")
    assert b"".join(response.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert response["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert [entry.event for entry in done_by(post)] == ["document.read"]

    Path(default_storage.path(path_of(attachment.document.blob_id))).write_bytes(b"other")
    response = visitor(post).get(f"/motions/{motion.pk}/attachments/{attachment.pk}/")
    assert response.status_code == 409
    assert "has been altered or lost" in response.content.decode()


def test_anybody_can_have_a_container_checked(committed: World) -> None:
    act = committed.filed("custody").acts.get(type="motion")
    answer = _checked(act_evidence.container(act))
    assert committed.posts["investigator"].officer.full_name in answer
    assert "Genuine" in answer


def test_what_is_no_container_is_refused_in_words(db: None) -> None:
    assert "This is not an evidence container" in _checked(b"not a zip")
    assert "Choose the container" in Client(headers={"Accept-Language": "en"}).post("/verify/").content.decode()


def test_while_the_log_is_behind_the_evidence_waits(
    world: World, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    separate(settings, tmp_path)
    act = world.filed("custody").acts.get(type="motion")
    monkeypatch.setattr(act_evidence, "SETTLE_SECONDS", 0)
    response = visitor(world.posts["investigator"]).get(f"/acts/{act.pk}/container/")
    assert response.status_code == 503
    assert "The log cannot prove the newest entry yet." in response.content.decode()


def test_a_notice_is_read_once_and_leads_to_its_motion(world: World, visitor: Visitor) -> None:
    motion = world.filed("custody")
    client = visitor(world.posts["prosecutor"])
    assert 'class="app-count"' in client.get("/").content.decode()
    address = re.search(r'action="(/inbox/\d+/)"', client.get("/inbox/").content.decode())
    assert address
    assert client.post(address[1])["Location"] == f"/motions/{motion.pk}/"
    assert 'class="app-count"' not in client.get("/").content.decode()


def test_an_act_that_is_not_possible_says_why(world: World, visitor: Visitor) -> None:
    motion = world.filed("custody")
    client = visitor(world.posts["investigator"])
    assert client.get(f"/motions/{motion.pk}/acts/execution_report/").status_code == 409
    assert client.get(f"/motions/{motion.pk}/acts/no-such-act/").status_code == 404
    response = client.post(f"/motions/{motion.pk}/acts/agreement/prepare/", follow=True)
    assert response.status_code == 409
    assert "This act is not for your role." in response.content.decode()


def test_every_step_of_every_kind_has_its_page(world: World, visitor: Visitor) -> None:
    for kind in ("custody", "search", "property_arrest"):
        motion = world.decided(kind, "sanctioned")
        for role in ("investigator", "prosecutor", "judge"):
            client = visitor(world.posts[role])
            for page in ("", "materials/"):
                assert client.get(f"/motions/{motion.pk}/{page}").status_code == 200
            for act in motion.acts.all():
                assert client.get(f"/acts/{act.pk}/").status_code == 200
        assert queries.timeline(motion)


def test_the_log_shows_entries_and_proves_itself(world: World, visitor: Visitor) -> None:
    world.filed("custody")
    client = visitor(PostFactory(auditor=True))
    assert "An act was performed" in client.get("/audit/").content.decode()
    entry = Entry.objects.order_by("-pk").first()
    assert entry
    assert client.get(f"/audit/{entry.pk}/").status_code == 200


def _typed(client: Client, motion: Motion) -> dict[str, str]:
    """What the draft's page holds, as a browser would post it."""
    page = client.get(f"/motions/{motion.pk}/draft/").content.decode()
    typed = dict(re.findall(r'<input class="govuk-input[^>]* name="(payload[^"]+)"[^>]* value="([^"]*)"', page))
    typed |= dict(re.findall(r'<textarea[^>]* name="(payload[^"]+)"[^>]*>([^<]*)</textarea>', page))
    typed |= dict(re.findall(r'name="(payload[^"]+)" value="([^"]+)" checked', page))
    return {**typed, "base": json.dumps(motion.payload)}


def _pem(cms: bytes) -> str:
    return f"-----BEGIN CMS-----\n{encodebytes(cms).decode()}-----END CMS-----\n"


def _checked(content: bytes) -> str:
    client = Client(headers={"Accept-Language": "en"})
    return client.post("/verify/", {"file": SimpleUploadedFile("act.zip", content)}).content.decode()
