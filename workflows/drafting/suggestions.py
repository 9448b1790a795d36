"""Composes a suggestion from the motion, the acts and the catalogue, in the order that the wording sets.

Each paragraph comes from exactly one source and names it. Nothing is inferred: values and norms are quoted, and the
sentences in between are templates for an outcome that the judge has chosen already.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ecase.cases.models import Person
from workflows.drafting.wording import PARTS, Wording, wording
from workflows.motions import signed
from workflows.motions.exports.fields import display, table
from workflows.motions.exports.papers import name_of
from workflows.motions.models import Act, Motion
from workflows.motions.persons import named_persons
from workflows.papers.facts import Participant
from workflows.papers.names import decline, decline_short
from workflows.papers.wording import Words, local_time, words
from workflows.statute.schema import Field, Norm

Paragraph = dict[str, Any]
Spec = Mapping[str, str]
EMPTY: tuple[Any, ...] = (None, "", [], {})


class Composer:
    """Composes the suggestion for one motion and one outcome, in the language of the case."""

    def __init__(self, motion: Motion, outcome: str) -> None:
        self.motion = motion
        self.language = motion.language
        self.kind = motion.kind_entry
        self.outcome = self.kind.outcome(outcome)
        self.wording: Wording = wording(self.language)
        self.words: Words = words(self.language)
        self.acts = list(motion.acts.select_related("author__officer", "author__organisation").order_by("position"))
        self.payload = signed.statement(motion)
        self.persons = named_persons(motion, self.payload)

    @property
    def version(self) -> str:
        return self.wording.version

    @property
    def label(self) -> str:
        """The visible label of a machine-made text."""
        return str(self.wording.data["label"])

    def inputs(self) -> dict[str, Any]:
        """Everything that the text is based on, JSON-ready: the same inputs give the same text."""
        return {
            "motion": str(self.motion.pk),
            "version": self.motion.version,
            "payload": self.payload,
            "outcome": self.outcome.key,
            "language": self.language,
            "catalogue": self.motion.catalogue.sha256,
            "case": {"number": self.motion.case.number, "qualification": self.motion.case.qualification},
            "persons": [_person_input(person) for person in self.persons],
            "acts": [{"id": str(act.pk), "sha256": act.sha256} for act in self.acts],
        }

    def paragraphs(self) -> list[Paragraph]:
        """The paragraphs in order, each with its part and its source."""
        return [{"part": part, **found} for part in PARTS for found in self._part(part)]

    def _part(self, part: str) -> Iterator[Paragraph]:
        for spec in self.wording.part(self.kind.key, part):
            if self._fits(spec):
                yield from _WRITERS[spec["from"]](self, spec)

    def _fits(self, spec: Spec) -> bool:
        """Whether a paragraph applies to the outcome that the judge chose."""
        return spec.get("when", "") in ("", "granted" if self.outcome.grants else "refused")

    # -- one writer a source -------------------------------------------------------------------------------------------

    def from_template(self, spec: Spec) -> Iterator[Paragraph]:
        """A sentence of the wording, with the names of its subjects filled in."""
        ref = f"{self.wording.group(self.kind.key)}.{spec['key']}"
        yield self._paragraph(spec["text"].format_map(self._names()), "template", ref, spec["key"])

    def from_field(self, spec: Spec) -> Iterator[Paragraph]:
        """One field of the motion, quoted in a sentence; nothing if the motion leaves it empty."""
        field = self.kind.form.field(spec["field"])
        if field and self.payload.get(field.key) not in EMPTY:
            yield self._quoted(field, spec["text"])

    def from_fields(self, spec: Spec) -> Iterator[Paragraph]:
        """Every field of the motion that no other paragraph of this kind quotes."""
        used = self._fields_used()
        for field in self.kind.form.fields:
            if field.key not in used and field.type not in ("person", "persons"):
                yield from self.from_field({**spec, "field": field.key})

    def from_persons(self, spec: Spec) -> Iterator[Paragraph]:
        """The persons that the motion names, with their capacities."""
        for person in self.persons:
            participant = Participant(name_of(person), person.capacity, person.born)
            capacity = self.words.capacity(participant)
            born = f", {self.words.label('born', date=self.words.date(person.born))}" if person.born else ""
            names = {"name": person.full_name, "dative": decline(name_of(person), "dative", self.language)}
            text = spec["text"].format_map({**names, "capacity": capacity, "born": born})
            yield self._paragraph(text, "person", str(person.pk), f"{person.full_name}, {capacity}")

    def from_acts(self, spec: Spec) -> Iterator[Paragraph]:
        """The statements of an earlier act, with its author and date."""
        for act in self.acts:
            if act.type == spec["act"]:
                yield self._of_act(act, spec["text"])

    def from_norms(self, spec: Spec) -> Iterator[Paragraph]:
        """The norms that the catalogue gives for this outcome, verbatim."""
        for norm in self._norms():
            article = self.words.article(norm.article)
            text = spec["text"].format_map({"article": article, "text": norm.text.in_(self.language)})
            yield self._paragraph(text[:1].upper() + text[1:], "norm", norm.article, article)

    def from_outcome(self, spec: Spec) -> Iterator[Paragraph]:
        """The outcome that the judge chose, with its article."""
        article = self.outcome.article
        yield self._paragraph(spec["text"].format_map(self._names()), "norm", article, self.words.article(article))

    def from_appeal(self, spec: Spec) -> Iterator[Paragraph]:
        """How the decision is appealed, if the catalogue says so."""
        appeal = self.kind.appeal
        if appeal.allowed and appeal.term and appeal.court:
            names = {
                "term": self._length(appeal.term.amount, appeal.term.unit),
                "court": appeal.court.in_(self.language),
            }
            text = spec["text"].format_map(names)
            yield self._paragraph(text, "norm", appeal.article, self.words.article(appeal.article))

    # -- pieces --------------------------------------------------------------------------------------------------------

    def _quoted(self, field: Field, sentence: str) -> Paragraph:
        label = field.label.in_(self.language)
        text = sentence.format_map({"label": label, "value": self._value(field)})
        source = self.wording.data["sources"]["payload"].format(label=label)
        return self._paragraph(text, "payload", f"payload.{field.key}", source)

    def _value(self, field: Field) -> str:
        value = self.payload[field.key]
        if field.type == "list":
            rows = table(self.motion, field, value)[1]
            return "; ".join(", ".join(cell for cell in row if cell) for row in rows)
        shown = display(self.motion, field, value).strip()
        return (shown.replace("\n", "; ") if field.type == "choices" else shown).rstrip(" .;")

    def _of_act(self, act: Act, sentence: str) -> Paragraph:
        performed = local_time(act.performed_at).date()
        day = self.words.date(performed)
        author = self._author(act)
        source = f"{self.words.act_name(act.type)}, {author}, {day}"
        names = {"author": author, "date": day, "date_in": self.words.date(performed, "date_in")}
        names["attachments"] = self._attachments()
        return self._paragraph(sentence.format_map(names), "act", str(act.pk), source)

    def _author(self, act: Act) -> str:
        if act.author is None:
            return act.author_text
        return f"{self.words.role(act.author.role)} {decline_short(act.author.officer, 'nominative', self.language)}"

    def _attachments(self) -> str:
        names = self.motion.attachments.order_by("position").values_list("document__name", flat=True)
        return "; ".join(f"«{name}»" for name in names)

    def _norms(self) -> list[Norm]:
        return [norm for norm in self.kind.norms if not norm.outcomes or self.outcome.key in norm.outcomes]

    def _length(self, amount: int, unit: str) -> str:
        return str(self.wording.data["units"][unit]).format(amount=amount)

    def _fields_used(self) -> set[str]:
        specs = (spec for part in PARTS for spec in self.wording.part(self.kind.key, part))
        return {spec["field"] for spec in specs if "field" in spec} | set(self.wording.data["stated_elsewhere"])

    def _names(self) -> dict[str, str]:
        outcome = self.outcome.label.in_(self.language)
        return {
            "kind": self.kind.name.in_(self.language),
            "case": self.motion.case.number,
            "qualification": self.motion.case.qualification,
            "court": self.motion.court.name(self.language),
            "judge": decline_short(self.motion.judge, "nominative", self.language) if self.motion.judge else "",
            "outcome": outcome[:1].lower() + outcome[1:],
            "outcome_article": self.words.outcome_article(self.outcome.article),
        }

    def _paragraph(self, text: str, kind: str, ref: str, label: str) -> Paragraph:
        return {"text": text, "source": {"kind": kind, "ref": ref, "label": label}}


def _person_input(person: Person) -> dict[str, str]:
    shown, born = name_of(person), person.born.isoformat() if person.born else ""
    name = {"surname": shown.surname, "given_name": shown.given_name, "patronymic": shown.patronymic}
    return {"id": str(person.pk), **name, "capacity": person.capacity, "sex": person.sex, "born": born}


_WRITERS: dict[str, Callable[[Composer, Spec], Iterator[Paragraph]]] = {
    "template": Composer.from_template,
    "field": Composer.from_field,
    "fields": Composer.from_fields,
    "persons": Composer.from_persons,
    "acts": Composer.from_acts,
    "norms": Composer.from_norms,
    "outcome": Composer.from_outcome,
    "appeal": Composer.from_appeal,
}
