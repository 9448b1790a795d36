"""Creates what is measured: districts with officers, thousands of motions, and prepared acts with their signatures.

Everything is made by the service's own models and functions and under its own triggers. Only the bulk of motions, which
fills the queue and is never verified, carries bytes that nobody signed.
"""

import base64
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench import mixed  # noqa: E402
from ecase.audit import services as audit  # noqa: E402
from ecase.cases import documents  # noqa: E402
from ecase.cases.models import Case, Document, Person  # noqa: E402
from ecase.officers import tokens  # noqa: E402
from ecase.officers.models import Officer, Organisation, Post  # noqa: E402
from tests import factories  # noqa: E402
from tests.keys import Keyring  # noqa: E402
from tests.motions.conftest import PDF  # noqa: E402
from tests.motions.payloads import fill  # noqa: E402
from workflows.calendars.services import load_all as load_calendar  # noqa: E402
from workflows.motions import queries  # noqa: E402
from workflows.motions.exports.act_json import digest  # noqa: E402
from workflows.motions.models import Act, Attachment, Motion, PreparedAct  # noqa: E402
from workflows.motions.services import acting, drafts  # noqa: E402
from workflows.motions.states import ActType, State  # noqa: E402
from workflows.statute.catalogue import in_force, load_all  # noqa: E402

DISTRICTS, CASES, INVESTIGATORS, JUDGES = 10, 20, 2, 3
KINDS = ("custody", "search", "property_arrest")
MIXED = 20  # drafts that are read and prepared again and again
Request = dict[str, Any]


@dataclass
class District:
    """An investigation body, its prosecutor's office and its court, with everybody in office."""

    keys: Keyring
    number: int
    bodies: dict[str, Organisation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        code, make = f"d{self.number}", factories.OrganisationFactory
        self.bodies = {
            "organisation": make(code=f"{code}-i"),
            "prosecution": make(prosecution=True, code=f"{code}-p"),
            "court": make(court=True, code=f"{code}-c"),
        }
        self.investigators = [
            factories.PostFactory(organisation=self.bodies["organisation"]) for _ in range(INVESTIGATORS)
        ]
        self.prosecutor = factories.PostFactory(prosecutor=True, organisation=self.bodies["prosecution"])
        self.judges = [factories.PostFactory(judge=True, organisation=self.bodies["court"]) for _ in range(JUDGES)]
        self.cases = [self._case(number) for number in range(CASES)]

    def _case(self, number: int) -> Case:
        case = factories.CaseFactory(**self.bodies)
        author = self.author(number)
        factories.TeamMember.objects.create(case=case, officer=author.officer)
        for capacity in (Person.Capacity.SUSPECT, Person.Capacity.VICTIM, Person.Capacity.OWNER):
            factories.PersonFactory(case=case, capacity=capacity)
        documents.store(case, author, "хаттама.pdf", BytesIO(PDF + case.number.encode()))
        return case

    def author(self, number: int) -> Post:
        """The investigator of case ``number``."""
        return self.investigators[number % INVESTIGATORS]

    def draft(self, number: int, kind: str) -> Motion:
        """A complete draft in one of the district's cases."""
        case, author = self.cases[number % CASES], self.author(number % CASES)
        motion = drafts.create(case, kind, author)
        paper = Document.objects.get(case=case)
        Attachment.objects.bulk_create(
            Attachment(motion=motion, document=paper, requirement=needed.key, position=position)
            for position, needed in enumerate(motion.kind_entry.attachments, 1)
        )
        return drafts.save(motion, author, fill(motion.kind_entry.form, case))

    def filed(self, number: int, kind: str) -> Motion:
        """A motion that its investigator has signed."""
        motion = self.draft(number, kind)
        prepared = acting.prepare(motion, ActType.MOTION, motion.author, {})
        acting.perform(prepared, self.keys.sign(motion.author, bytes(prepared.act_json)), motion.author)
        return Motion.objects.select_related(*queries.RELATED).get(pk=motion.pk)

    @cached_property
    def tokens(self) -> dict[Any, str]:
        """An access token for each officer, by the post's id."""
        posts = [*self.investigators, self.prosecutor, *self.judges]
        return {post.pk: tokens.issue(post)[1] for post in posts}


# -- acts that wait for their signature -----------------------------------------------------------------------------


def search(district: District, number: int) -> PreparedAct:
    """A search motion; the service registers and assigns it at once."""
    motion = district.draft(number, "search")
    return acting.prepare(motion, ActType.MOTION, motion.author, {})


def agreement(district: District, number: int) -> PreparedAct:
    """The prosecutor's agreement to custody, after which the service registers and assigns it."""
    motion = district.filed(number, "custody")
    queries.open_materials(motion, district.prosecutor)
    payload = fill(acting.form(motion, ActType.AGREEMENT), motion.case)
    return acting.prepare(motion, ActType.AGREEMENT, district.prosecutor, payload)


def withdrawal(district: District, number: int) -> PreparedAct:
    """The investigator's withdrawal of a custody motion: a single act."""
    motion = district.filed(number, "custody")
    payload = fill(acting.form(motion, ActType.WITHDRAWAL), motion.case)
    return acting.prepare(motion, ActType.WITHDRAWAL, motion.author, payload)


SCENARIOS: dict[str, Callable[[District, int], PreparedAct]] = {
    "search": search,
    "agreement": agreement,
    "withdrawal": withdrawal,
}


def requests(districts: list[District], scenario: str, count: int) -> Iterator[Request]:
    """``count`` requests, each with the signature of another prepared act."""
    for number in range(count):
        district = districts[number % DISTRICTS]
        prepared = SCENARIOS[scenario](district, number // DISTRICTS)
        cms = district.keys.sign(prepared.author, bytes(prepared.act_json))
        yield {
            "path": f"/api/v1/acts/{prepared.pk}/signature/",
            "token": district.tokens[prepared.author_id],
            "key": str(prepared.pk),
            "body": {"cms": base64.b64encode(cms).decode()},
        }


# -- the bulk -------------------------------------------------------------------------------------------------------


def fill_queue(district: District, count: int) -> None:
    """``count`` motions with the district's prosecutor, every second of them already with its judge."""
    motions = Motion.objects.bulk_create(list(_bulk(district, count)), batch_size=1000)
    judge = district.judges[0].officer
    with transaction.atomic():
        advance(motions, ActType.MOTION, State.DRAFT, State.SUBMITTED, "submitted_at = a.performed_at")
        number = "registered_at = a.performed_at, number = 'b-' || substr(m.id::text, 1, 13)"
        advance(motions[::2], ActType.REGISTRATION, State.SUBMITTED, State.REGISTERED, number)
        advance(motions[::2], ActType.ASSIGNMENT, State.REGISTERED, State.ASSIGNED, f"judge_id = '{judge.pk}'")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _bulk(district: District, count: int) -> Iterator[Motion]:
    version, now = in_force(settings.JURISDICTION, timezone.now()), timezone.now()
    for number in range(count):
        case, kind = district.cases[number % CASES], KINDS[number % len(KINDS)]
        yield Motion(
            case=case,
            kind=kind,
            catalogue=version,
            language="kk",
            author=district.author(number % CASES),
            **district.bodies,
            created_at=now - timedelta(minutes=number),
            next_due_at=now + timedelta(minutes=number),
        )


ADVANCE = """
    UPDATE motions_motion m SET state = a.to_state, last_act_id = a.id, revision = m.revision + 1, {also}
    FROM motions_act a WHERE a.motion_id = m.id AND a.position = %s AND m.id = ANY(%s)
"""


def advance(motions: list[Motion], act_type: ActType, before: State, after: State, also: str) -> None:
    """Write one act for each motion, and the transition that it explains."""
    position = Act.objects.filter(motion=motions[0]).count() + 1
    acts = [_act(motion, act_type, before, after, position) for motion in motions]
    Act.objects.bulk_create(acts, batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute(ADVANCE.format(also=also), [position, [motion.pk for motion in motions]])


def _act(motion: Motion, act_type: ActType, before: State, after: State, position: int) -> Act:
    mark = f"{motion.pk} {position}".encode()
    entry = audit.append(
        "act.performed", chain=motion.chain, actor=audit.service_actor(), subject={"motion": str(motion.pk)}
    )
    return Act(
        motion=motion,
        position=position,
        type=act_type,
        version=1,
        from_state=before,
        to_state=after,
        author_text="bench",
        payload={},
        act_json=mark,
        sha256=digest(mark),
        cms=mark,
        cms_sha256=digest(mark),
        signature_sha256=digest(mark),
        report={},
        entry=entry,
        performed_at=datetime.now(UTC),
    )


def make_districts() -> list[District]:
    """Create the catalogue, the calendar, the demo authority and all districts."""
    load_all()
    load_calendar()
    keys = Keyring(Path(settings.VAR_DIR) / "demo-pki")
    keys.pki  # noqa: B018 - made here, before anybody signs
    start = Officer.objects.count()
    for made in (
        factories.OrganisationFactory,
        factories.OfficerFactory,
        factories.CaseFactory,
        factories.PersonFactory,
    ):
        # Another process may have made some already: numbering continues after theirs.
        made.reset_sequence(start * 100, force=True)
    return [District(keys, start + number) for number in range(DISTRICTS)]


def main(motions: int, acts: int, plan: Path) -> None:
    """Fill the database and write the requests to ``plan``."""
    districts = make_districts()
    waiting = {name: list(requests(districts, name, acts)) for name in SCENARIOS}
    if motions:
        fill_queue(districts[0], motions)
    first = districts[0]
    queue = [{"path": "/api/v1/motions/", "token": first.tokens[first.prosecutor.pk]}]
    drafts = [first.draft(number, "search") for number in range(MIXED)]
    plan.write_text(json.dumps({"queue": queue, **waiting, "mixed": mixed.sorts(first, drafts)}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
