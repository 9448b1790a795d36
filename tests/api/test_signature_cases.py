"""Cases 35 to 44 of the list through REST: what is submitted is refused by name, changes nothing and is in the log."""

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID
from django.utils import timezone

from ecase.officers.models import Organisation, Post
from signatures import DEFAULT, canonical
from signatures.asn1 import der, oids
from signatures.cms import parse
from signatures.cms.signing import build
from signatures.demo.issuing import SIGNING, Span
from signatures.demo.pki import subject_of
from signatures.report import INDICATIONS
from tests.api.conftest import Call, Caller, problem, refusals
from tests.api.test_acts import at_once, sign
from tests.factories import PostFactory, prosecutor_of
from tests.keys import Keyring, person_of
from tests.logs import about
from tests.motions.conftest import World
from tests.signatures.makers import Owner, attribute, ess, octets
from workflows.motions.models import Motion, PreparedAct
from workflows.motions.states import ActType

pytestmark = pytest.mark.django_db
URL = "/api/v1/motions/"
OTHER_IIN, OTHER_BIN = "900202400025", "990140009999"
FORBIDDEN, NOT_OURS = "SIG_CONSTRAINTS_FAILURE", "HASH_FAILURE"


def standing(motion: Motion) -> tuple[Any, ...]:
    """What no refusal may change."""
    found = Motion.objects.get(pk=motion.pk)
    return found.state, found.revision, found.payload, list(found.acts.values_list("pk", flat=True))


def logged(motion: Motion) -> list[dict[str, Any]]:
    """The refused attempts on the motion."""
    return [entry.content["data"] for entry in about("motion", motion.pk) if entry.event == "act.refused"]


def is_refused(motion: Motion, post: Post, ask: Callable[[], Any], status: int, slug: str, *codes: str) -> Any:
    """``ask`` is refused so, by the problem document and by both chains of the log; the motion stands as it did."""
    before, told, heard = standing(motion), len(logged(motion)), len(refusals(post))
    document = problem(ask(), status, slug, *codes)
    named = sorted({fault["code"] for fault in document["problems"]})
    assert standing(motion) == before
    assert [(refusal["why"], refusal["codes"]) for refusal in logged(motion)[told:]] == [(slug, named)]
    assert [(refusal["why"], refusal["codes"]) for refusal in refusals(post)[heard:]] == [(slug, named)]
    return document


@dataclass(frozen=True)
class Step:
    """An act that an officer has prepared over REST, with the bytes that are to be signed."""

    motion: Motion
    post: Post
    caller: Caller
    prepared: dict[str, Any]

    @classmethod
    def taken(cls, caller: Caller, motion: Motion, post: Post, act: str, payload: Any = None) -> "Step":
        assert caller.get(f"{URL}{motion.pk}/documents/").status_code == 200
        response = caller.post(f"{URL}{motion.pk}/acts/", {"type": act, "payload": payload or {}})
        assert response.status_code == 201, response.content
        return cls(motion, post, caller, response.data)

    @property
    def content(self) -> bytes:
        return base64.b64decode(self.prepared["to_sign"])

    def submit(self, cms: bytes, key: str = "") -> Any:
        return sign(self.caller, self.prepared, cms, key)

    def refuses(self, cms: bytes, status: int, slug: str, *codes: str) -> Any:
        return is_refused(self.motion, self.post, lambda: self.submit(cms), status, slug, *codes)

    def judges(self, cms: bytes, sub_indication: str, *checks: str) -> None:
        """The signature is refused for exactly these checks, under their names of EN 319 102-1."""
        found = self.refuses(cms, 422, "signature-refused", sub_indication)["problems"]
        assert {fault["params"]["check"] for fault in found} == set(checks)
        named = {(fault["code"], fault["params"]["indication"]) for fault in found}
        assert (sub_indication, INDICATIONS[sub_indication]) in named
        assert all(INDICATIONS[code] == indication for code, indication in named)
        assert {fault["field"] for fault in found} == {"cms"}


@dataclass(frozen=True)
class Room:
    """A world over REST."""

    world: World
    call: Call

    @property
    def keys(self) -> Keyring:
        return self.world.keys

    def step(self, motion: Motion, role: str, act: str, payload: Any = None) -> Step:
        post = self.world.posts[role]
        return Step.taken(self.call(post), motion, post, act, payload)

    def agreement(self) -> Step:
        """A filed motion for custody that its prosecutor is about to agree to."""
        return self.step(self.world.filed("custody"), "prosecutor", "agreement")

    def filing(self) -> Step:
        """A complete draft with attachments that its author is about to file."""
        return self.step(self.world.draft("custody"), "investigator", "motion")

    def signs(self, step: Step) -> bytes:
        return self.keys.sign(step.post, step.content)


@pytest.fixture
def room(world: World, call: Call) -> Room:
    return Room(world, call)


# -- whose certificate it is -------------------------------------------------------------------------------------------


def named(keys: Keyring, content: bytes, *parts: tuple[x509.ObjectIdentifier, str]) -> bytes:
    """A signature with a certificate of a trusted authority over a subject of exactly these parts."""
    names = [x509.NameAttribute(oid, value, _type=_ASN1Type.UTF8String) for oid, value in parts]
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = keys.pki.issuer.issue(x509.Name(names), key, SIGNING, Span.years(2))
    return build(content, key, (certificate, *keys.pki.chain), datetime.now(UTC))


def test_case_35_certificate_of_another_person(room: Room) -> None:
    step = room.agreement()
    colleague = prosecutor_of(room.world.case)

    step.judges(room.keys.sign(colleague, step.content), FORBIDDEN, "iin")
    assert step.submit(room.signs(step)).status_code == 201


FULL_WIDTH = str.maketrans({str(digit): chr(0xFF10 + digit) for digit in range(10)})
WRITTEN: dict[str, Callable[[str], list[str]]] = {
    "only in the common name": lambda iin: [],
    "two": lambda iin: [f"IIN{iin}", f"IIN{OTHER_IIN}"],
    "twice": lambda iin: [f"IIN{iin}", f"IIN{iin}"],
    "BIN where an IIN is expected": lambda iin: [f"BIN{iin}"],
    "full-width digits": lambda iin: [f"IIN{iin.translate(FULL_WIDTH)}"],
    "homoglyphs": lambda iin: [f"\u0406\u0406N{iin}"],
}


@pytest.mark.parametrize("how", WRITTEN)
def test_case_36_iin_written_in_another_way(room: Room, how: str) -> None:
    step = room.agreement()
    iin, unit = step.post.officer.iin, (NameOID.ORGANIZATIONAL_UNIT_NAME, f"BIN{step.post.organisation.bin}")
    serials = [(NameOID.SERIAL_NUMBER, serial) for serial in WRITTEN[how](iin)]

    step.judges(named(room.keys, step.content, (NameOID.COMMON_NAME, f"IIN{iin}"), unit, *serials), FORBIDDEN, "iin")


def test_case_37_certificate_of_another_organisation(room: Room) -> None:
    step = room.agreement()

    step.judges(room.keys.sign(step.post, step.content, bin=OTHER_BIN), FORBIDDEN, "bin")


# -- who may sign ------------------------------------------------------------------------------------------------------


def test_case_38_post_that_ended_before_signing(room: Room) -> None:
    step = room.agreement()
    cms, before = room.signs(step), standing(step.motion)
    step.post.valid_to = timezone.now()
    step.post.save()

    # The token ends with the post: nobody is signed in, so it is no refused act of an officer's.
    problem(step.submit(cms), 401, "not-authenticated")
    assert standing(step.motion) == before


def test_case_38_judge_signs_the_prosecutors_step(room: Room) -> None:
    step, judge = room.agreement(), room.world.posts["judge"]
    step.judges(room.keys.sign(judge, step.content), FORBIDDEN, "iin", "bin")
    caller, before = room.call(judge), standing(step.motion)

    problem(sign(caller, step.prepared, room.keys.sign(judge, step.content)), 404, "not-found")
    assert refusals(judge)[-1]["status"] == 404
    assert standing(step.motion) == before


def test_case_38_author_agrees_to_his_own_motion(room: Room) -> None:
    motion, author = room.world.filed("custody"), room.world.posts["investigator"]
    turned = PostFactory(prosecutor=True, officer=author.officer, organisation=room.world.case.prosecution)
    for post, code in ((author, "wrong-role"), (turned, "acted-in-another-role")):
        caller = room.call(post)
        caller.get(f"{URL}{motion.pk}/documents/")
        address, body = f"{URL}{motion.pk}/acts/", {"type": "agreement"}
        is_refused(motion, post, lambda c=caller, a=address, b=body: c.post(a, b), 403, "not-allowed", code)


def test_case_38_author_approves_his_own_motion(room: Room) -> None:
    body, author = room.world.case.organisation, room.world.posts["investigator"]
    body.kind = Organisation.Kind.INQUIRY
    body.save()
    motion = room.world.filed("custody")
    head = PostFactory(head_of_unit=True, officer=author.officer, organisation=body)
    caller = room.call(head)
    caller.get(f"{URL}{motion.pk}/documents/")

    def ask() -> Any:
        return caller.post(f"{URL}{motion.pk}/acts/", {"type": "approval"})

    is_refused(motion, head, ask, 403, "not-allowed", "acted-in-another-role")


# -- what was signed ---------------------------------------------------------------------------------------------------


def test_case_39_signature_of_another_motion(room: Room) -> None:
    first, second = room.agreement(), room.agreement()

    second.judges(room.signs(first), NOT_OURS, "message-digest")


def test_case_39_signature_of_an_earlier_version(room: Room) -> None:
    first = room.filing()
    saved(first)
    second = room.step(first.motion, "investigator", "motion")

    second.judges(room.signs(first), NOT_OURS, "message-digest")
    first.refuses(room.signs(first), 409, "conflict", "prepared-anew")


def test_case_39_signature_of_the_same_act_in_another_case(room: Room, make_world: Callable[[], World]) -> None:
    ours, theirs = room.filing(), Room(make_world(), room.call).filing()

    ours.judges(room.keys.sign(ours.post, theirs.content), NOT_OURS, "message-digest")


def test_case_39_signature_on_a_withdrawn_motion(room: Room) -> None:
    step, world = room.agreement(), room.world
    withdrawal = world.filled(step.motion, ActType.WITHDRAWAL)
    withdrawn = room.step(step.motion, "investigator", "withdrawal", withdrawal)
    assert withdrawn.submit(room.signs(withdrawn)).status_code == 201

    step.refuses(room.signs(step), 409, "conflict", "moved-on")


def test_case_40_signature_moved_to_another_step(room: Room) -> None:
    step = room.agreement()
    other = room.step(step.motion, "prosecutor", "refusal", room.world.filled(step.motion, ActType.REFUSAL))

    step.judges(room.signs(other), NOT_OURS, "message-digest")
    step.judges(bytes(step.motion.acts.get().cms), NOT_OURS, "message-digest", "iin", "bin")


def test_case_40_bytes_name_their_step(room: Room) -> None:
    step = room.agreement()
    found, previous = json.loads(step.content), step.motion.acts.get()

    assert (found["act"]["type"], found["act"]["id"]) == ("agreement", step.prepared["id"])
    assert (found["case"]["number"], found["motion"]["id"]) == (room.world.case.number, str(step.motion.pk))
    assert found["previous"]["sha256"] == previous.sha256
    assert found["previous"]["cms_sha256"] == previous.cms_sha256


def _with_file(files: list[dict[str, Any]], **changes: Any) -> list[dict[str, Any]]:
    return [files[0] | changes, *files[1:]]


FILES: dict[str, Callable[[list[dict[str, Any]]], list[dict[str, Any]]]] = {
    "altered": lambda files: _with_file(files, sha256="00" * 32),
    "swapped": lambda files: _with_file(files, sha256=files[1]["sha256"]),
    "reordered": lambda files: files[::-1],
    "renamed": lambda files: _with_file(files, name="other.pdf"),
    "added": lambda files: [*files, files[0] | {"name": "more.pdf"}],
    "left out": lambda files: files[:-1],
}


@pytest.mark.parametrize("how", FILES)
def test_case_41_other_files_than_prepared(room: Room, how: str) -> None:
    step = room.filing()
    stated: Mapping[str, Any] = json.loads(step.content)
    other = canonical.canonical({**stated, "files": FILES[how](stated["files"])})
    assert other != step.content

    step.judges(room.keys.sign(step.post, other), NOT_OURS, "message-digest")


def test_case_41_attachment_taken_off_after_preparing(room: Room) -> None:
    step = room.filing()
    attachment = step.caller.get(f"{URL}{step.motion.pk}/").data["attachments"][0]
    assert step.caller.delete(attachment["url"]).status_code == 204

    step.refuses(room.signs(step), 409, "conflict", "moved-on")


# -- how often, and until when -----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_case_42_two_signatures_at_once(make_world: Callable[[], World], call: Call) -> None:
    room = Room(make_world(), call)
    step = room.agreement()
    callers = [(call(step.post), room.signs(step), str(uuid.uuid4())) for _ in range(2)]

    answers = at_once([lambda c=c, s=s, k=k: sign(c, step.prepared, s, k) for c, s, k in callers])

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    done, lost = sorted(answers, key=lambda one: one.status_code)
    problem(lost, 409, "conflict", "already-performed")
    assert step.motion.acts.filter(type="agreement").count() == 1
    assert [refusal["codes"] for refusal in logged(step.motion)] == [["already-performed"]]
    assert refusals(step.post)[-1]["codes"] == ["already-performed"]
    won, cms, key = next(caller for caller in callers if caller[1] == base64.b64decode(done.data["cms"]))
    before = standing(step.motion)
    again = sign(won, step.prepared, cms, key)
    assert (again.status_code, again.content) == (201, done.content)
    assert standing(step.motion) == before


def saved(step: Step) -> None:
    """Save the draft anew, over REST."""
    address = f"{URL}{step.motion.pk}/"
    tag = step.caller.get(address)["ETag"]
    response = step.caller.patch(address, {"payload": step.motion.payload}, headers={"If-Match": tag})
    assert response.status_code == 200, response.content


def test_case_43_edited_between_preparing_and_submitting(room: Room) -> None:
    step = room.filing()
    saved(step)

    step.refuses(room.signs(step), 409, "conflict", "moved-on")


def test_case_43_challenge_of_an_earlier_preparation(room: Room) -> None:
    first = room.agreement()
    second = room.step(first.motion, "prosecutor", "agreement")

    second.judges(room.signs(first), NOT_OURS, "message-digest")


def test_case_43_expired_challenge(room: Room) -> None:
    step = room.agreement()
    PreparedAct.objects.filter(pk=step.prepared["id"]).update(expires_at=timezone.now())

    step.refuses(room.signs(step), 410, "expired", "prepared-expired")


def rewrapped(keys: Keyring, post: Post, content: bytes) -> tuple[bytes, bytes]:
    """One signature of the officer in two wrappings, which differ in their unsigned attributes only."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = keys.pki.issuer.issue(subject_of(person_of(post)), key, SIGNING, Span.years(2))
    owner = Owner(key, certificate, keys.pki.chain)
    attributes = [
        attribute(oids.CONTENT_TYPE, der.encode_oid(oids.DATA)),
        attribute(oids.MESSAGE_DIGEST, octets(hashlib.sha256(content).digest())),
        attribute(oids.SIGNING_TIME, der.encode_time(datetime.now(UTC))),
        ess(certificate),
    ]
    plain = owner.sign(content, attributes=attributes)
    value, more = parse(plain, DEFAULT).signer.signature, [attribute("1.2.3.4", octets(b"x"))]
    return plain, owner.sign(content, attributes=attributes, signature=value, unsigned=more)


def test_case_44_same_signature_with_other_unsigned_attributes(room: Room) -> None:
    step = room.agreement()
    plain, other = rewrapped(room.keys, step.post, step.content)
    assert plain != other
    first = step.submit(plain)
    assert first.status_code == 201, first.content

    document = step.refuses(other, 409, "conflict", "already-performed")
    assert document["problems"][0]["params"]["act"] == first.data["id"]
