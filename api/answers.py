"""Builds the JSON answers of the REST API from rows: motions, acts, attachments, deadlines."""

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.reverse import reverse
from rest_framework.serializers import Serializer

from api import life
from api.serializers.acts import ActLine, ActShape, PreparedShape
from api.serializers.documents import AttachmentShape
from api.serializers.motions import DeadlineShape, EventShape
from api.serializers.sessions import SessionShape
from ecase.cases.models import Person
from ecase.officers import posts
from ecase.officers.models import Officer, Post, Token
from ecase.problems import Problem
from workflows.deadlines.models import Deadline
from workflows.motions import queries, signed
from workflows.motions.models import Act, Motion, PreparedAct
from workflows.motions.persons import named_persons, persons_of
from workflows.motions.rules import kind_rules, payloads
from workflows.motions.services import acting, drafts
from workflows.motions.signers import Kept
from workflows.motions.states import ActType
from workflows.statute.catalogue import catalogue

Answer = dict[str, Any]
PEOPLE = ("author__officer", "judge")
# The columns of a list row; `line` turns them into an answer.
LINE = (
    "id",
    "case__number",
    "kind",
    "catalogue_id",
    "state",
    "number",
    "appeal_state",
    "outcome",
    "secret",
    "on_paper",
    "language",
    "version",
    "revision",
    "author__officer_id",
    "judge_id",
    "created_at",
    "submitted_at",
    "registered_at",
    "hearing_at",
    "decided_at",
    "valid_until",
    "ended_at",
    "next_due_at",
    *(f"{who}__{part}" for who in PEOPLE for part in ("surname", "given_name", "patronymic")),
)


# The columns that decide whether a sanction is in force.
_OF_FORCE = ("kind", "catalogue_id", "outcome", "appeal_state", "valid_until", "ended_at")


def line(row: Mapping[str, Any], motions_url: str) -> Answer:
    """A list row, from a row of the columns ``LINE``."""
    kept = {name: value for name, value in row.items() if "__" not in name and name not in ("catalogue_id", "judge_id")}
    return {
        **kept,
        "in_force": bool(row["outcome"]) and kind_rules.is_in_force(Motion(**{name: row[name] for name in _OF_FORCE})),
        "url": f"{motions_url}{row['id']}/",
        "case": row["case__number"],
        "kind_name": str(catalogue(row["catalogue_id"]).kind(row["kind"]).name),
        "author": {"id": row["author__officer_id"], "name": _name(row, "author__officer")},
        "judge": {"id": row["judge_id"], "name": _name(row, "judge")} if row["judge_id"] else None,
    }


def _name(row: Mapping[str, Any], who: str) -> str:
    parts = (row[f"{who}__{part}"] for part in ("surname", "given_name", "patronymic"))
    return " ".join(part for part in parts if part)


def line_of(request: Request, subject: Motion) -> Answer:
    """A list row, from a motion in memory."""
    row = {name: _through(subject, name) for name in LINE}
    return line(row, reverse("api:motions", request=request))


def _through(subject: Motion, path: str) -> Any:
    value: Any = subject
    for name in path.split("__"):
        value = getattr(value, name) if value is not None else None
    return value


def kept(request: Request, kept_motion: Kept, post: Post) -> Answer:
    """A motion as it stood when ``post`` signed its last act on it: the acts until then, and no available acts."""
    subject = kept_motion.motion
    return {
        **line_of(request, subject),
        "kept": True,
        "case": _case(subject, named_persons(subject)),
        **life.standing(request, subject, post),
        "payload": None,
        "deadlines": [],
        "timeline": _all(EventShape, queries.acts_of(kept_motion.acts), request),
        "attachments": [],
        "acts": _all(ActLine, kept_motion.acts, request),
        "available_acts": [],
        "missing": [],
    }


def motion(request: Request, subject: Motion, post: Post) -> Answer:
    """A whole motion: list row, deadlines, timeline, attachments, acts, and the acts that ``post`` may prepare now."""
    row = Motion.objects.values(*LINE).get(pk=subject.pk)
    own = subject.author.officer_id == post.officer_id
    return {
        **line(row, reverse("api:motions", request=request)),
        "kept": False,
        "case": _case(subject, persons_of(subject, post)),
        **life.standing(request, subject, post),
        "payload": signed.statement(subject) if own else None,
        "deadlines": _all(DeadlineShape, deadlines_of(subject), request),
        "timeline": _all(EventShape, queries.timeline(subject), request),
        "attachments": attachments(request, subject, post),
        "acts": acts(request, subject),
        "available_acts": [_available(request, subject, act_type) for act_type in acting.available(subject, post)],
        "missing": [problem.as_dict() for problem in _missing(subject)] if own else [],
    }


def decision(request: Request, subject: Motion, made: Act, post: Post) -> Answer:
    """What counsel sees of a decision that is owed to his client when the rest of the motion is closed to him."""
    return {
        "id": subject.pk,
        "case": subject.case.number,
        "kind": subject.kind,
        "kind_name": str(subject.kind_entry.name),
        "number": subject.number,
        "outcome": made.payload["outcome"],
        "decided_at": subject.decided_at,
        "appeal_until": subject.appeal_until,
        "act": reverse("api:act", (made.pk,), request=request),
        "pdf": reverse("api:act-pdf", (made.pk,), request=request),
        "available_acts": [_available(request, subject, act_type) for act_type in acting.available(subject, post)],
    }


def _missing(subject: Motion) -> list[Problem]:
    return drafts.missing(subject) if subject.is_editable else []


def _case(subject: Motion, shown: Iterable[Person]) -> Answer:
    case = subject.case
    persons = [{"id": person.pk, "name": person.full_name, "capacity": person.capacity} for person in shown]
    return {"id": case.pk, "number": case.number, "qualification": case.qualification, "persons": persons}


def deadlines_of(subject: Motion) -> list[Deadline]:
    """The motion's deadlines in the order in which they began."""
    found = list(subject.deadlines.order_by("started_at", "due_at"))
    for deadline in found:
        deadline.motion = subject
    return found


def attachments(request: Request, subject: Motion, post: Post) -> Any:
    """The motion's attachments that are open to ``post``, in their order."""
    return _all(AttachmentShape, queries.attachments(subject, post), request)


def acts(request: Request, subject: Motion) -> Any:
    """The acts performed on the motion, oldest first."""
    return _all(ActLine, subject.acts.defer("act_json", "cms", "report").order_by("position"), request)


def _all(shape: type[Serializer[Any]], rows: Iterable[Any], request: Request) -> Any:
    return shape(rows, many=True, context={"request": request}).data


def act(request: Request, performed: Act, subject: Motion) -> Any:
    """An act of ``subject`` with the signed bytes, the signature and its report."""
    performed.motion = subject
    return ActShape(performed, context={"request": request}).data


def prepared(request: Request, prepared_act: PreparedAct) -> Any:
    """An act that waits for its signature: the bytes, their digest, the document, and the expiry."""
    return PreparedShape(prepared_act, context={"request": request}).data


def _available(request: Request, subject: Motion, act_type: ActType) -> Answer:
    outcomes = [outcome.key for outcome in payloads.outcomes(subject, act_type)] or [""]
    link = reverse("api:motion-schema", (subject.pk, act_type.value), request=request)
    links = [{"outcome": key, "url": f"{link}?outcome={key}" if key else link} for key in outcomes]
    return {"type": act_type.value, "label": str(act_type.label), "json_schemas": links}


def session(token: Token, officer: Officer) -> Any:
    """The officer who is signed in, the current post, the officer's other posts, and the expiry."""
    held = {"officer": officer, "post": token.post, "posts": posts.of(officer), "expires_at": token.expiry}
    return SessionShape(held).data
