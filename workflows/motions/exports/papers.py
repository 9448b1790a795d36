"""An act as a paper: collects its facts, which ``workflows.papers`` puts into words in the language of the case."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from django.conf import settings
from django.db.models import Q, Subquery
from django.utils import translation
from django.utils.translation import gettext as _

from ecase.cases.models import Blob, Person
from ecase.instants import parse_instant
from ecase.officers.models import Officer, Post, Role
from workflows import papers
from workflows.motions import signed
from workflows.motions.exports.act_json import Draft
from workflows.motions.exports.appeals import appeal_sentence
from workflows.motions.exports.fields import on_paper, paragraphs, table
from workflows.motions.models import Motion
from workflows.motions.persons import named_persons
from workflows.motions.rules.payloads import NEW_OUTCOME, OUTCOME, form_of, outcomes
from workflows.motions.states import DECISIONS, ActType
from workflows.papers import facts
from workflows.statute.schema import AppealOutcome, Form

REASONS = "reasons"
# Keys that the catalogue's forms use for a hearing: a paper states them as a hearing, not as single facts.
HELD_AT, SCHEDULED_AT, FORM, PLACE, ATTENDEES = "held_at", "scheduled_at", "hearing_form", "place", "attendees"
VIDEOLINK = "videolink"


def render(draft: Draft, *, preview: bool = False) -> bytes:
    """The PDF/A of an act that is about to be signed; a preview carries a watermark."""
    return papers.render(replace(paper_of(draft), preview=preview))


def with_files(draft: Draft, pdf: Blob) -> Draft:
    """The draft with the files that are signed besides the text: its PDF and, for a motion, every attachment."""
    files = [{"name": f"{draft.type}.pdf", "media_type": pdf.media_type, "size": pdf.size, "sha256": pdf.sha256}]
    files += [_file(number, attachment) for number, attachment in enumerate(_attachments(draft), 1)]
    return replace(draft, files=files)


def paper_of(draft: Draft) -> facts.Paper:
    """All facts of the paper, from motion, case, catalogue and payload."""
    motion, language = draft.motion, cast(facts.Language, draft.motion.language)
    kind = motion.kind_entry
    return facts.Paper(
        template=draft.type,
        language=language,
        act_id=str(draft.id),
        prepared_at=draft.at,
        case=facts.CaseFacts(motion.case.number, motion.case.qualification),
        kind=facts.KindFacts(kind.name.in_(language), ", ".join(kind.articles), kind.key),
        author=_official(draft.author, language),
        addressee=_addressee(draft, language),
        place=motion.court.place(language) if draft.type in DECISIONS else _place(draft.author, language),
        motion=_motion(motion, language),
        outcome=_outcome(draft, language),
        persons=_persons(motion),
        sections=(
            *_put_in_place(draft, language),
            *_sections(motion, form_of(motion, draft.type, draft.payload), _loose(draft.payload)),
        ),
        motion_sections=_motion_sections(draft),
        reasons=tuple(paragraphs(draft.payload.get(REASONS, ""))),
        attachments=_attached(draft),
        hearing=_hearing(draft.payload),
        service=_service(draft, language),
        previous=_previous(draft),
        appeal=appeal_sentence(kind, language) if draft.type in DECISIONS else "",
        verify_url=f"{settings.PUBLIC_URL}/verify/?act={draft.id}",
        installation=settings.INSTALLATION_ID,
    )


def _service(draft: Draft, language: str) -> tuple[str, ...]:
    """The addressees of copies of a decision with this outcome."""
    if draft.type not in DECISIONS:
        return ()
    outcome = draft.payload.get(OUTCOME)
    owed = (rule for rule in draft.motion.kind_entry.service if not rule.outcomes or outcome in rule.outcomes)
    return tuple(rule.label.in_(language) for rule in owed)


def _outcome(draft: Draft, language: str) -> facts.OutcomeFacts | None:
    key = draft.payload.get(OUTCOME)
    known = {outcome.key: outcome for outcome in outcomes(draft.motion, draft.type)}
    if not isinstance(key, str) or key not in known:
        return None
    outcome = known[key]
    told = outcome.key, outcome.label.in_(language)
    if isinstance(outcome, AppealOutcome):
        return facts.OutcomeFacts(*told, outcome.effect != "stands", outcome.article)
    checked = outcome.path == "urgent"
    return facts.OutcomeFacts(*told, outcome.grants, outcome.article, checked, outcome.inadmissible)


def _put_in_place(draft: Draft, language: str) -> Iterator[facts.Section]:
    """The outcome by which an appellate ruling replaces the decision's."""
    if put := draft.payload.get(NEW_OUTCOME):
        label = draft.motion.kind_entry.outcome(put).label.in_(language)
        with translation.override(language):
            yield facts.Section(_("Decided instead"), (label,), key=NEW_OUTCOME)


def name_of(person: Officer | Person) -> facts.Name:
    """The parts of a name, for declension; for a protected person only the mark, as the capacity is next to it."""
    if isinstance(person, Person) and person.is_protected:
        return facts.Name(person.mark, "", "", cast(facts.Sex, person.sex))
    return facts.Name(person.surname, person.given_name, person.patronymic, cast(facts.Sex, person.sex))


def _official(post: Post | None, language: str) -> facts.Official | None:
    if post is None:
        return None
    organisation = post.organisation
    return facts.Official(name_of(post.officer), post.role, organisation.name(language), organisation.place(language))


def _place(post: Post | None, language: str) -> str:
    return post.organisation.place(language) if post else ""


def _addressee(draft: Draft, language: str) -> str:
    motion = draft.motion
    body = motion.organisation if draft.type in (ActType.REFUSAL, ActType.RETURN) else motion.court
    return body.name(language)


def _motion(motion: Motion, language: str) -> facts.MotionFacts | None:
    author = _official(motion.author, language)
    return facts.MotionFacts(author, motion.submitted_at, motion.number or "") if author else None


def _persons(motion: Motion) -> tuple[facts.Participant, ...]:
    named = named_persons(motion, signed.statement(motion))
    return tuple(facts.Participant(name_of(person), person.capacity, person.born) for person in named)


def _motion_sections(draft: Draft) -> tuple[facts.Section, ...]:
    if draft.type == ActType.MOTION:
        return ()
    return _sections(draft.motion, draft.motion.kind_entry.form, signed.statement(draft.motion))


def _sections(motion: Motion, of: Form, payload: Mapping[str, Any]) -> tuple[facts.Section, ...]:
    stated = (field for field in of.fields if payload.get(field.key) not in (None, "", []))
    return tuple(_section(motion, field, payload[field.key]) for field in stated)


def _section(motion: Motion, field: Any, value: Any) -> facts.Section:
    label = field.label.in_(motion.language)
    if field.type == "list":
        header, rows = table(motion, field, value)
        return facts.Section(label, table=facts.Table(header, rows), key=field.key)
    return facts.Section(label, tuple(paragraphs(on_paper(motion, field, value))), key=field.key)


def _attachments(draft: Draft) -> list[Any]:
    """The attachments that the act states: all of a motion's, or those that a supplement adds."""
    rows = draft.motion.attachments.select_related("document__blob")
    if draft.type == ActType.MOTION:
        return list(rows)
    return list(rows.filter(filed_by=None)) if draft.type == ActType.SUPPLEMENT else []


def _file(number: int, attachment: Any) -> dict[str, Any]:
    """Numbered, so that two attachments with the same name stay distinct."""
    document, blob = attachment.document, attachment.document.blob
    return {
        "name": f"{number:02d}-{document.name}",
        "media_type": blob.media_type,
        "size": blob.size,
        "sha256": blob.sha256,
    }


def _attached(draft: Draft) -> tuple[facts.AttachedFile, ...]:
    labels = {entry.key: entry.label.in_(draft.motion.language) for entry in draft.motion.kind_entry.attachments}
    return tuple(
        facts.AttachedFile(
            attachment.document.name,
            attachment.document.blob.size,
            attachment.document.blob_id,
            labels.get(attachment.requirement, ""),
        )
        for attachment in _attachments(draft)
    )


def _loose(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of the payload other than reasons and hearing."""
    told = {REASONS} | ({HELD_AT, SCHEDULED_AT, FORM, PLACE, ATTENDEES} if _hearing(payload) else set())
    return {key: value for key, value in payload.items() if key not in told}


def _hearing(payload: Mapping[str, Any]) -> facts.HearingFacts | None:
    at = payload.get(HELD_AT) or payload.get(SCHEDULED_AT)
    if not at:
        return None
    return facts.HearingFacts(
        at=parse_instant(at),
        place=payload.get(PLACE, ""),
        videolink=payload[FORM] == VIDEOLINK if FORM in payload else None,
        closed=None,
        participants=tuple(paragraphs(payload.get(ATTENDEES, ""))),
    )


def _previous(draft: Draft) -> tuple[facts.EarlierAct, ...]:
    """The earlier acts that the author may know of: the paper reveals no others to him or to its readers."""
    acts = draft.motion.acts.select_related("author__organisation").order_by("position")
    if draft.author and draft.author.role == Role.DEFENDER and not draft.motion.is_open_to(draft.author):
        decided = Subquery(acts.filter(type__in=DECISIONS).values("position")[:1])
        acts = acts.filter(Q(position__lte=decided) | Q(author__officer=draft.author.officer_id))
    return tuple(
        facts.EarlierAct(act.type, act.author_in(draft.motion.language), act.performed_at, act.sha256) for act in acts
    )
