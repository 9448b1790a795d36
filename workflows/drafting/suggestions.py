"""Composes a suggestion from the motion, the acts and the catalogue, in the order that the wording sets.

Each paragraph comes from exactly one source and names it. Nothing is inferred: values and norms are quoted, and the
sentences in between are templates for an outcome that the judge has chosen already.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from workflows.drafting.wording import PARTS, Wording, wording
from workflows.motions import signed
from workflows.motions.exports.fields import display, table
from workflows.motions.exports.papers import name_of
from workflows.motions.models import Motion
from workflows.motions.persons import named_persons
from workflows.papers.facts import Participant
from workflows.papers.names import decline, decline_short
from workflows.papers.wording import Words, local_time, words
from workflows.statute.schema import Field

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

    def inputs(self) -> dict[str, Any]:
        """Everything that the text is based on, JSON-ready: the same inputs give the same text."""
        persons = []
        for person in self.persons:
            name, born = name_of(person), person.born.isoformat() if person.born else ""
            parts = {"surname": name.surname, "given_name": name.given_name, "patronymic": name.patronymic}
            facts = {"capacity": person.capacity, "sex": person.sex, "born": born}
            persons.append({"id": str(person.pk), **parts, **facts})
        return {
            "motion": str(self.motion.pk),
            "version": self.motion.version,
            "payload": self.payload,
            "outcome": self.outcome.key,
            "language": self.language,
            "catalogue": self.motion.catalogue.sha256,
            "case": {"number": self.motion.case.number, "qualification": self.motion.case.qualification},
            "persons": persons,
            "acts": [{"id": str(act.pk), "sha256": act.sha256} for act in self.acts],
        }

    def paragraphs(self) -> list[Paragraph]:
        """The paragraphs in order, each with its part and its source."""
        chosen = ("", "granted" if self.outcome.grants else "refused")
        found = []
        for part in PARTS:
            for spec in self.wording.part(self.kind.key, part):
                if spec.get("when", "") in chosen:
                    found += [{"part": part, **paragraph} for paragraph in _WRITERS[spec["from"]](self, spec)]
        return found

    # -- one writer a source -------------------------------------------------------------------------------------------

    def from_template(self, spec: Spec) -> Iterator[Paragraph]:
        """A sentence of the wording, with the names of its subjects filled in."""
        group, key = self.wording.data["kinds"].get(self.kind.key, "generic"), spec["key"]
        yield self._paragraph(spec["text"].format_map(self._names()), "template", f"{group}.{key}", key)

    def from_field(self, spec: Spec) -> Iterator[Paragraph]:
        """One field of the motion, quoted in a sentence; nothing if the motion leaves it empty."""
        field = self.kind.form.field(spec["field"])
        if field is None or self.payload.get(field.key) in EMPTY:
            return
        label = field.label.in_(self.language)
        text = spec["text"].format_map({"label": label, "value": self._value(field)})
        source = self.wording.data["sources"]["payload"].format(label=label)
        yield self._paragraph(text, "payload", f"payload.{field.key}", source)

    def from_fields(self, spec: Spec) -> Iterator[Paragraph]:
        """Every field of the motion that no other paragraph of this kind quotes."""
        specs = (spec for part in PARTS for spec in self.wording.part(self.kind.key, part))
        used = {spec["field"] for spec in specs if "field" in spec} | set(self.wording.data["stated_elsewhere"])
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
        for act in (act for act in self.acts if act.type == spec["act"]):
            author = act.author_text
            if act.author is not None:
                name = decline_short(act.author.officer, "nominative", self.language)
                author = f"{self.words.role(act.author.role)} {name}"
            performed = local_time(act.performed_at).date()
            day, date_in = self.words.date(performed), self.words.date(performed, "date_in")
            attached = self.motion.attachments.order_by("position").values_list("document__name", flat=True)
            names = {"author": author, "date": day, "date_in": date_in}
            text = spec["text"].format_map({**names, "attachments": "; ".join(f"«{name}»" for name in attached)})
            yield self._paragraph(text, "act", str(act.pk), f"{self.words.act_name(act.type)}, {author}, {day}")

    def from_norms(self, spec: Spec) -> Iterator[Paragraph]:
        """The norms that the catalogue gives for this outcome, verbatim."""
        for norm in self.kind.norms:
            if norm.outcomes and self.outcome.key not in norm.outcomes:
                continue
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
            term = str(self.wording.data["units"][appeal.term.unit]).format(amount=appeal.term.amount)
            text = spec["text"].format_map({"term": term, "court": appeal.court.in_(self.language)})
            yield self._paragraph(text, "norm", appeal.article, self.words.article(appeal.article))

    # -- pieces --------------------------------------------------------------------------------------------------------

    def _value(self, field: Field) -> str:
        value = self.payload[field.key]
        if field.type == "list":
            rows = table(self.motion, field, value)[1]
            return "; ".join(", ".join(cell for cell in row if cell) for row in rows)
        shown = display(self.motion, field, value).strip()
        return (shown.replace("\n", "; ") if field.type == "choices" else shown).rstrip(" .;")

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
