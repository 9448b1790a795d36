"""An act as a paper: collects its facts, which ``workflows.papers`` puts into words in the language of the case."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet, Subquery
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ecase.cases.models import Blob, Person
from ecase.instants import parse_instant
from ecase.officers.models import Officer, Post, Role
from ecase.statements import HotQuery
from workflows import papers
from workflows.motions import signed
from workflows.motions.exports.act_json import Draft
from workflows.motions.exports.appeals import appeal_sentence
from workflows.motions.exports.fields import display, table
from workflows.motions.models import Act, Motion
from workflows.motions.persons import named_persons
from workflows.motions.rules import suggestions
from workflows.motions.rules.payloads import NEW_OUTCOME, OUTCOME, form_of, outcomes
from workflows.motions.states import DECISIONS, ActType, State
from workflows.papers import facts
from workflows.papers.glyphs import paragraphs
from workflows.statute.schema import AppealOutcome, Form

REASONS = "reasons"
# Keys that the catalogue's forms use for a hearing: a paper states them as a hearing, not as single facts.
HELD_AT, SCHEDULED_AT, FORM, PLACE, ATTENDEES = "held_at", "scheduled_at", "hearing_form", "place", "attendees"
OF_HEARING = frozenset({HELD_AT, SCHEDULED_AT, FORM, PLACE, ATTENDEES})
VIDEOLINK = "videolink"


def render(draft: Draft, *, preview: bool = False) -> bytes:
    """The PDF/A of an act that is about to be signed; a preview carries a watermark."""
    return papers.render(replace(paper_of(draft), preview=preview))


def with_files(draft: Draft, pdf: Blob) -> Draft:
    """The draft with the files that are signed besides the text: its PDF and, for a motion, every attachment."""
    blobs = {f"{draft.type}.pdf": pdf}
    # Numbered, so that two attachments with the same name stay distinct.
    for number, attachment in enumerate(draft.attachments, 1):
        blobs[f"{number:02d}-{attachment.document.name}"] = attachment.document.blob
    files = [
        {"name": name, "media_type": blob.media_type, "size": blob.size, "sha256": blob.sha256}
        for name, blob in blobs.items()
    ]
    return replace(draft, files=files)


def paper_of(draft: Draft) -> facts.Paper:
    """All facts of the paper, from motion, case, catalogue and payload."""
    motion, author, language = draft.motion, draft.author, cast(facts.Language, draft.motion.language)
    kind, is_decision = motion.kind_entry, draft.type in DECISIONS
    goes_back = draft.type in (ActType.REFUSAL, ActType.RETURN)
    named = named_persons(motion, signed.statement(motion))
    place = motion.court.place(language) if is_decision else author.organisation.place(language) if author else ""
    return facts.Paper(
        template=draft.type,
        language=language,
        act_id=str(draft.id),
        prepared_at=draft.at,
        case=facts.CaseFacts(motion.case.number, motion.case.qualification),
        kind=facts.KindFacts(kind.name.in_(language), ", ".join(kind.articles), kind.key),
        author=_official(author, language) if author else None,
        addressee=(motion.organisation if goes_back else motion.court).name(language),
        place=place,
        motion=facts.MotionFacts(_official(motion.author, language), motion.submitted_at, motion.number or ""),
        outcome=_outcome(draft, language),
        persons=tuple(facts.Participant(name_of(person), person.capacity, person.born) for person in named),
        sections=_own_sections(draft, language),
        motion_sections=() if draft.type == ActType.MOTION else _sections(motion, kind.form, signed.statement(motion)),
        reasons=tuple(paragraphs(draft.payload.get(REASONS, ""))),
        attachments=_attached(draft),
        hearing=_hearing(draft.payload),
        service=_service(draft, language),
        previous=_previous(draft),
        appeal=appeal_sentence(kind, language) if is_decision else "",
        verify_url=f"{settings.PUBLIC_URL}/verify/?act={draft.id}",
        installation=settings.INSTALLATION_ID,
        suggestion=suggestions.find_use(motion, draft.payload) if is_decision else None,
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
    named = outcome.key, outcome.label.in_(language)
    if isinstance(outcome, AppealOutcome):
        return facts.OutcomeFacts(*named, outcome.effect != "stands", outcome.article)
    checked = outcome.path == "urgent"
    return facts.OutcomeFacts(*named, outcome.grants, outcome.article, checked, outcome.inadmissible)


def _own_sections(draft: Draft, language: str) -> tuple[facts.Section, ...]:
    """What the act states besides reasons and hearing; first the outcome by which an appellate ruling replaces one."""
    motion, payload, replacing = draft.motion, draft.payload, draft.payload.get(NEW_OUTCOME)
    apart = {REASONS, *(OF_HEARING if _hearing(payload) else ())}
    stated = {key: value for key, value in payload.items() if key not in apart}
    sections = _sections(motion, form_of(motion, draft.type, payload), stated)
    with translation.override(language):
        if draft.type == ActType.APPEAL_RULING and motion.state == State.LIFTED and motion.ended_at:
            lifted = _(
                "The measure was lifted on {day}. This ruling is on the decision, and does not put it in force again."
            )
            text = lifted.format(day=timezone.localtime(motion.ended_at).strftime("%d.%m.%Y"))
            sections = (facts.Section(_("Lifted meanwhile"), (text,), part="introduction"), *sections)
        if replacing:
            label = motion.kind_entry.outcome(replacing).label.in_(language)
            sections = (facts.Section(_("Decided instead"), (label,), key=NEW_OUTCOME), *sections)
    return sections


def name_of(person: Officer | Person) -> facts.Name:
    """The parts of a name, for declension; for a protected person only the mark, as the capacity is next to it."""
    if isinstance(person, Person) and person.is_protected:
        return facts.Name(person.mark, "", "", cast(facts.Sex, person.sex))
    if isinstance(person, Person) and person.is_legal:
        return facts.Name(person.legal_name, "", "", "")
    return facts.Name(person.surname, person.given_name, person.patronymic, cast(facts.Sex, person.sex))


def _official(post: Post, language: str) -> facts.Official:
    organisation = post.organisation
    return facts.Official(name_of(post.officer), post.role, organisation.name(language), organisation.place(language))


def _sections(motion: Motion, of: Form, payload: Mapping[str, Any]) -> tuple[facts.Section, ...]:
    sections = []
    for field in of.fields:
        value, label = payload.get(field.key), field.label.in_(motion.language)
        if value in (None, "", []):
            continue
        if field.type == "list":
            header, rows = table(motion, field, value)
            sections.append(facts.Section(label, table=facts.Table(header, rows), key=field.key))
        else:
            text = tuple(paragraphs(display(motion, field, value, on_paper=True)))
            sections.append(facts.Section(label, text, key=field.key))
    return tuple(sections)


def _attached(draft: Draft) -> tuple[facts.AttachedFile, ...]:
    labels = {entry.key: entry.label.in_(draft.motion.language) for entry in draft.motion.kind_entry.attachments}
    return tuple(
        facts.AttachedFile(
            attachment.document.name,
            attachment.document.blob.size,
            attachment.document.blob_id,
            labels.get(attachment.requirement, ""),
        )
        for attachment in draft.attachments
    )


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
    acts: Iterable[Act]
    if draft.author and draft.author.role == Role.DEFENDER and not draft.motion.is_open_to(draft.author):
        rows = _earlier(draft.motion.pk)
        decided = Subquery(rows.filter(type__in=DECISIONS).values("position")[:1])
        acts = rows.filter(Q(position__lte=decided) | Q(author__officer=draft.author.officer_id))
    else:
        acts = _EARLIER.rows(motion=draft.motion.pk)
    return tuple(
        facts.EarlierAct(act.type, act.author_in(draft.motion.language), act.performed_at, act.sha256) for act in acts
    )


def _earlier(motion: UUID) -> "QuerySet[Act]":
    """What a paper states of the acts before: not their bytes, signatures and reports, which are large."""
    rows = Act.objects.filter(motion=motion).select_related("author__organisation").order_by("position")
    return rows.defer("act_json", "cms", "report", "payload")


_EARLIER: HotQuery[Act] = HotQuery(_earlier)
