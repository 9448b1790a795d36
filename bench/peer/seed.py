"""``python -m bench.peer.seed MOTIONS ACTS PLAN``: create what is measured, as ``bench.seed`` does for the service.

Acts are prepared with bytes as long as those of the service, and each has its signature in the plan.
"""

import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402

from bench.peer.models import Act, Case, Deadline, Kind, Motion, Officer, Organisation, Person, Post  # noqa: E402
from signatures.cms.signing import build  # noqa: E402
from signatures.demo import pki as demo_pki  # noqa: E402
from signatures.demo.issuing import SIGNING, Span  # noqa: E402

DISTRICTS, CASES, INVESTIGATORS, JUDGES = 10, 20, 2, 3
KINDS = ("custody", "search", "property_arrest")
TYPES = {"search": "motion", "withdrawal": "withdrawal"}
CONTENT_BYTES = 3_000
Request = dict[str, Any]


@dataclass
class District:
    """An investigation body, its prosecutor's office and its court."""

    pki: demo_pki.DemoPki
    number: int
    kinds: dict[str, Kind]
    signers: dict[int, tuple[Any, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bodies = {name: self._body(name) for name in ("organisation", "prosecution", "court")}
        self.investigators = [self._post("organisation", "investigator", turn) for turn in range(INVESTIGATORS)]
        self.prosecutor = self._post("prosecution", "prosecutor", 0)
        self.judges = [self._post("court", "judge", turn) for turn in range(JUDGES)]
        self.cases = [self._case(turn) for turn in range(CASES)]

    def _body(self, name: str) -> Organisation:
        digits = f"{self.number:05d}{'opc'.index(name[0])}"
        title = f"{name} {self.number}"
        return Organisation.objects.create(
            code=f"{name[0]}{self.number}", bin=f"990000{digits}", name_kk=title, name_ru=title
        )

    def _post(self, body: str, role: str, turn: int) -> Post:
        iin = f"8{self.number:04d}{'ipj'.index(role[0])}{turn:06d}"
        officer = Officer.objects.create(iin=iin, surname=f"Тегі{iin}", given_name="Аты", patronymic="Әкесінің аты")
        return Post.objects.create(officer=officer, organisation=self.bodies[body], role=role)

    def _case(self, turn: int) -> Case:
        case = Case.objects.create(number=f"26{self.number:06d}{turn:07d}", **self.bodies)
        for capacity in ("suspect", "victim", "owner"):
            Person.objects.create(case=case, capacity=capacity, surname="Тасқынов", given_name="Арман")
        return case

    def motion(self, turn: int, kind: str, **given: Any) -> Motion:
        """A motion that is not saved yet."""
        case, author = self.cases[turn % CASES], self.investigators[turn % CASES % INVESTIGATORS]
        at = timezone.now() - timedelta(minutes=turn)
        return Motion(case=case, kind=self.kinds[kind], author=author, created_at=at, **self.bodies, **given)

    def sign(self, post: Post, content: bytes) -> bytes:
        """A detached signature of the officer."""
        if post.pk not in self.signers:
            officer, key = post.officer, ec.generate_private_key(ec.SECP256R1())
            person = {"iin": officer.iin, "surname": officer.surname, "given_name": officer.given_name}
            person |= {"bin": post.organisation.bin, "organisation": post.organisation.name_kk, "role": post.role}
            certificate = self.pki.issuer.issue(demo_pki.subject_of(person), key, SIGNING, Span.years(2))
            self.signers[post.pk] = (key, (certificate, *self.pki.chain))
        key, chain = self.signers[post.pk]
        return build(content, key, chain, datetime.now(UTC))


def requests(districts: list[District], scenario: str, count: int) -> Iterator[Request]:
    """``count`` requests, each with the signature of another prepared act."""
    for number in range(count):
        district = districts[number % DISTRICTS]
        state = Motion.State.DRAFT if scenario == "search" else Motion.State.SUBMITTED
        kind = "search" if scenario == "search" else "custody"
        motion = district.motion(number // DISTRICTS, kind, state=state, payload=payload(number))
        motion.save()
        if state == Motion.State.SUBMITTED:
            Deadline.objects.create(motion=motion, role="prosecutor", due_at=timezone.now() + timedelta(hours=2))
        act = prepared(motion, TYPES[scenario])
        cms = district.sign(motion.author, bytes(act.content))
        yield {
            "path": f"/acts/{act.uid}/signature/",
            "scheme": "Token",
            "token": token(motion.author),
            "key": str(act.uid),
            "body": {"cms": base64.b64encode(cms).decode()},
        }


def payload(number: int) -> dict[str, str]:
    """Fields of a form."""
    return {f"field_{place}": f"{number} " + "мәтін " * 10 for place in range(10)}


def prepared(motion: Motion, act_type: str) -> Act:
    """An act that waits for its signature."""
    stated = {"motion": str(motion.uid), "type": act_type, "payload": motion.payload}
    content = json.dumps(stated, ensure_ascii=False).encode().ljust(CONTENT_BYTES)
    digest = hashlib.sha256(content).hexdigest()
    return Act.objects.create(
        motion=motion, type=act_type, author=motion.author, payload=motion.payload, content=content, sha256=digest
    )


def token(post: Post) -> str:
    """The officer's access token."""
    return str(Token.objects.get_or_create(user=post.officer)[0].key)


def fill_queue(district: District, count: int) -> None:
    """``count`` motions with the district's prosecutor, every second of them already with a judge."""
    judge = district.judges[0].officer
    states = (Motion.State.SUBMITTED, Motion.State.ASSIGNED)
    now = timezone.now()
    Motion.objects.bulk_create(
        [
            district.motion(
                number,
                KINDS[number % len(KINDS)],
                state=states[number % 2],
                judge=judge if number % 2 else None,
                number=f"b-{number}" if number % 2 else "",
                submitted_at=now,
                next_due_at=now + timedelta(minutes=number),
            )
            for number in range(count)
        ],
        batch_size=1000,
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def main(motions: int, acts: int, plan: Path) -> None:
    """Create the tables, fill them and write the requests to ``plan``."""
    call_command("migrate", interactive=False, run_syncdb=True, verbosity=0)
    pki = demo_pki.make(settings.PEER_PKI)
    kinds = {code: Kind.objects.create(code=code, name_kk=f"{code} kk", name_ru=f"{code} ru") for code in KINDS}
    districts = [District(pki, number, kinds) for number in range(DISTRICTS)]
    waiting = {name: list(requests(districts, name, acts)) for name in TYPES}
    fill_queue(districts[0], motions)
    queue = [{"path": "/motions/", "scheme": "Token", "token": token(districts[0].prosecutor)}]
    plan.write_text(json.dumps({"queue": queue, **waiting}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
