"""A prosecutor signs several prepared acts with one opening of the key; and what of a signature that has to wait."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.browser.court import Court, Visit
from tests.motions.test_pending import NOWHERE, configure
from workflows.motions.models import Act, Motion, PendingSignature
from workflows.motions.services import acting

STATUS = "[data-signing-status]"
BUTTON = "form[data-signing-many] button[type=submit]"


def prepared(court: Court, count: int) -> list[Motion]:
    """So many motions, to each of which the prosecutor has prepared an agreement."""
    motions = [court.opened(court.filed("custody"), "prosecutor") for _number in range(count)]
    for motion in motions:
        acting.prepare(motion, "agreement", court.posts["prosecutor"], {})
    return motions


def test_several_acts_are_signed_at_once(visit: Visit, court: Court) -> None:
    motions = prepared(court, 3)
    person = visit.of(court.posts["prosecutor"])
    page = person.page
    page.goto("/signatures/")
    boxes = page.locator("input[name=act]")
    expect(boxes).to_have_count(3)
    expect(page.locator("input[name=act]:checked")).to_have_count(0)
    for number in range(2):
        boxes.nth(number).check()
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda sent: frames.append(str(sent))))
    with person.signer.at_hand(person.iin):
        page.locator(BUTTON).click()
        expect(page.locator(f"{STATUS} strong")).to_have_text("Signed: 2 of 2")
    assert len(frames) == 1
    assert Act.objects.filter(type="agreement", motion__in=motions).count() == 2
    expect(page.locator("[data-result=performed]")).to_have_count(2)
    page.reload()
    expect(boxes).to_have_count(1)


def test_nothing_chosen_is_said_without_asking_for_a_key(visit: Visit, court: Court) -> None:
    prepared(court, 1)
    page = visit.of(court.posts["prosecutor"]).page
    page.goto("/signatures/")
    page.locator(BUTTON).click()
    expect(page.locator(f"{STATUS} strong")).to_have_text("Choose at least one act.")


def test_a_signature_that_waits_is_shown_to_whoever_signed(visit: Visit, court: Court, settings: Any) -> None:
    (motion,) = prepared(court, 1)
    person = visit.of(court.posts["prosecutor"])
    configure(settings, NOWHERE)
    person.page.goto(f"/prepared/{motion.prepared.get(type='agreement').pk}/")
    with person.signer.at_hand(person.iin):
        person.page.locator("form[data-signing] button[type=submit]").click()
        expect(person.page).to_have_url(re.compile("/signatures/$"))
    expect(person.page.locator("#waiting-signatures li")).to_have_count(1)
    assert PendingSignature.objects.get().prepared.motion_id == motion.pk
    assert not Act.objects.filter(type="agreement").exists()
