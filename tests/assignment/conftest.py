"""A court with judges, and motions filed with it as rows, without the keys that would bring them there."""

import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from ecase.audit import services as audit
from ecase.audit.models import Entry
from ecase.cases.models import Case
from ecase.officers.models import Organisation, Post
from tests.factories import CaseFactory, OrganisationFactory, PostFactory, investigator_of
from tests.law import law_of, row_of
from workflows.assignment import services
from workflows.assignment.models import Draw, RosterEntry
from workflows.motions.models import Act, Motion
from workflows.statute.schema import Catalogue

MakeMotion = Callable[..., Motion]


@pytest.fixture(scope="session")
def kz() -> Catalogue:
    return law_of("kz")


@pytest.fixture
def court(db: None) -> Organisation:
    return OrganisationFactory(court=True)


@pytest.fixture
def file(db: None, kz: Catalogue, court: Organisation) -> MakeMotion:
    """Makes a motion whose first act an investigator has signed; ``case`` is a new one of the court by default."""

    def filed(kind: str = "search", case: Case | None = None, **fields: Any) -> Motion:
        case = case or CaseFactory(court=court)
        author = investigator_of(case)
        bodies = {"organisation": case.organisation, "prosecution": case.prosecution, "court": case.court}
        fields = {"case": case, "kind": kind, "catalogue": row_of(kz), "language": "kk", "author": author, **fields}
        motion = Motion.objects.create(**bodies, **fields)
        sign(motion, author)
        return motion

    return filed


def sign(motion: Motion, author: Post) -> Act:
    """An act as a row."""
    digest = hashlib.sha256(uuid.uuid4().bytes).hexdigest()
    at, chain = timezone.now(), motion.chain
    return Act.objects.create(
        motion=motion,
        position=motion.acts.count() + 1,
        type="motion",
        version=1,
        from_state="draft",
        to_state="submitted",
        author=author,
        author_text=author.officer.full_name,
        payload={},
        act_json=b"{}",
        sha256=digest,
        cms=b"",
        cms_sha256=digest,
        signature_sha256=digest,
        report={},
        entry=audit.append("act.performed", chain=chain, actor=author.as_actor(), subject={"motion": str(motion.pk)}),
        performed_at=at,
    )


def judges(court: Organisation, number: int = 3) -> list[Post]:
    """New judges of the court, in the order in which draws name them."""
    return sorted((PostFactory(judge=True, organisation=court) for _one in range(number)), key=officer)


def officer(post: Post) -> str:
    return str(post.officer_id)


def on_roster(post: Post, at: datetime | None = None, **fields: Any) -> RosterEntry:
    return RosterEntry.objects.create(post=post, valid_from=at or post.valid_from, **fields)


def drawn(motion: Motion, **options: Any) -> Draw:
    record = services.draw(motion, motion.court, motion.case, **options)
    assert record is not None
    return record


def committed(court: Organisation) -> list[Entry]:
    return list(Entry.objects.filter(chain=f"court:{court.pk}").order_by("seq"))
