"""Composes a suggestion from the motion, the acts and the catalogue, in the order that the wording sets.

Each paragraph comes from exactly one source and names it. Nothing is inferred or weighed: what a party says is quoted
under its author's name, norms are cited, and the sentences in between are templates for an outcome that the judge has
chosen already. Each piece of a paragraph is marked: the template's own words, quoted ones, or those of a norm.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any

from django.utils import translation
from django.utils.translation import ngettext_lazy

from ecase.officers.models import Post
from workflows.drafting.differences import NORM, OWN, QUOTED
from workflows.drafting.wording import PARTS, Spec, Wording, wording
from workflows.motions import signed
from workflows.motions.exports.fields import display, table
from workflows.motions.exports.papers import name_of
from workflows.motions.models import Motion
from workflows.motions.persons import named_persons
from workflows.papers.facts import Participant
from workflows.papers.names import decline, decline_short
from workflows.papers.wording import Words, local_time, words
from workflows.statute.conditions import all_hold
from workflows.statute.schema import Field

Paragraph = dict[str, Any]
# What says nothing: a paper form's empty line, and an answer of no.
UNSAID: tuple[Any, ...] = (None, "", [], {}, False)


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
        # (requirement of the catalogue, name of the file)
        files = motion.attachments.order_by("position").values_list("requirement", "document__name")
        self.attachments: list[tuple[str, str]] = list(files)

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
        found = []
        for part in PARTS:
            for spec in self.wording.part(self.kind.key, part):
                found += [{"part": part, **paragraph} for paragraph in getattr(self, f"from_{spec['from']}")(spec)]
        return found

    # -- one writer a source -------------------------------------------------------------------------------------------

    def from_template(self, spec: Spec) -> Iterator[Paragraph]:
        """A sentence of the wording, with the names of its subjects filled in."""
        group, key = self.wording.group(self.kind.key), spec["key"]
        yield self._paragraph(spec["text"], self._names(), ("template", f"{group}.{key}", key))

    def from_field(self, spec: Spec) -> Iterator[Paragraph]:
        """One field of the motion, quoted under its author's name; nothing if the motion leaves it empty."""
        field = self.kind.form.field(spec["field"])
        if field is None or self.payload.get(field.key) in UNSAID:
            return
        label = field.label.in_(self.language)
        source = self.wording.data["sources"]["payload"].format(label=label)
        text, values = spec["text"], {"author": self._named(self.motion.author), "label": label}
        if field.type == "boolean":
            text = spec["ticked"]
        else:
            values["quoted"] = self._quoted(field)
        yield self._paragraph(text, values, ("payload", f"payload.{field.key}", source))

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
            source = ("person", str(person.pk), f"{person.full_name}, {capacity}")
            yield self._paragraph(spec["text"], {**names, "capacity": capacity, "born": born}, source)

    def from_acts(self, spec: Spec) -> Iterator[Paragraph]:
        """The statements of an earlier act, with its author and date, and what is attached to the motion.

        A file is named by the catalogue's words for it; one that it does not know, by its own name.
        """
        marks = self.wording.data["quotes"]
        labels = {entry.key: entry.label.in_(self.language) for entry in self.kind.attachments}
        files = Counter(labels.get(key) or f"{marks['open']}{name}{marks['close']}" for key, name in self.attachments)
        attached = "; ".join(label if count == 1 else f"{label} ({count})" for label, count in files.items())
        for act in (act for act in self.acts if act.type == spec["act"]):
            author = self._named(act.author) if act.author else act.author_text
            performed = local_time(act.performed_at).date()
            day, date_in = self.words.date(performed), self.words.date(performed, "date_in")
            values = {"author": author, "date": day, "date_in": date_in, "attachments": attached}
            source = ("act", str(act.pk), f"{self.words.act_name(act.type)}, {author}, {day}")
            yield self._paragraph(spec["text"], values, source)

    def from_norms(self, spec: Spec) -> Iterator[Paragraph]:
        """The norms that the catalogue gives for this outcome of this motion."""
        filed = self.motion.submitted_at or self.motion.created_at
        for norm in self.kind.norms:
            is_of_outcome = not norm.outcomes or self.outcome.key in norm.outcomes
            if not is_of_outcome or not all_hold(norm.when, self.kind.form, self.payload, filed):
                continue
            cited = norm.cited.in_(self.language) if norm.cited else self.words.article(norm.article)
            text = norm.text.in_(self.language)
            # After the article and a colon, unless it begins with an abbreviation.
            values = {"article": cited, "norm": text if text[1:2].isupper() else text[:1].lower() + text[1:]}
            yield self._paragraph(spec["text"], values, ("norm", norm.article, cited))

    def from_outcome(self, spec: Spec) -> Iterator[Paragraph]:
        """The outcome that the judge chose, with its article."""
        article = self.outcome.article
        yield self._paragraph(spec["text"], self._names(), ("norm", article, self.words.article(article)))

    def from_appeal(self, spec: Spec) -> Iterator[Paragraph]:
        """How the decision is appealed, if the catalogue says so."""
        appeal = self.kind.appeal
        if appeal.allowed and appeal.term and appeal.court:
            with translation.override(self.language):
                term = str(_TERMS[appeal.term.unit] % {"number": appeal.term.amount})
            values = {"term": term, "court": appeal.court.in_(self.language)}
            yield self._paragraph(spec["text"], values, ("norm", appeal.article, self.words.article(appeal.article)))

    # -- pieces --------------------------------------------------------------------------------------------------------

    def _quoted(self, field: Field) -> str:
        """The field's value between quotation marks: none of its own marks can end the quotation."""
        value = self.payload[field.key]
        if field.type == "list":
            rows = table(self.motion, field, value)[1]
            shown = "; ".join(", ".join(cell for cell in row if cell) for row in rows)
        else:
            shown = display(self.motion, field, value).replace("\n", "; " if field.type == "choices" else " ")
        marks = self.wording.data["quotes"]
        inner = shown.replace(marks["open"], marks["inner_open"]).replace(marks["close"], marks["inner_close"])
        return f"{marks['open']}{' '.join(inner.split()).rstrip(' .;')}{marks['close']}"

    def _named(self, post: Post) -> str:
        return f"{self.words.role(post.role)} {decline_short(name_of(post.officer), 'nominative', self.language)}"

    def _names(self) -> dict[str, str]:
        outcome, judge = self.outcome.label.in_(self.language), self.motion.judge
        return {
            "kind": self.kind.name.in_(self.language),
            "case": self.motion.case.number,
            "qualification": self.motion.case.qualification,
            "court": self.motion.court.name(self.language),
            "judge": decline_short(name_of(judge), "nominative", self.language) if judge else "",
            "outcome": outcome[:1].lower() + outcome[1:],
            "outcome_article": self.words.outcome_article(self.outcome.article),
        }

    def _paragraph(self, text: str, values: Mapping[str, str], source: tuple[str, str, str]) -> Paragraph:
        """``text`` with its values, beginning with a capital letter. Values are inserted, never interpreted."""
        kind, ref, label = source
        pieces = []
        for own, name, _form, _conversion in Formatter().parse(text):
            pieces += [(OWN, own)] if own else []
            pieces += [(NORM if kind == "norm" else QUOTED, values[name])] if name else []
        said = "".join(piece for _of, piece in pieces)
        of, first = pieces[0]
        pieces[0] = (of, first[:1].upper() + first[1:])
        return {
            "text": said[:1].upper() + said[1:],
            "pieces": [list(piece) for piece in pieces],
            "source": {"kind": kind, "ref": ref, "label": label},
        }


_TERMS = {
    "minutes": ngettext_lazy("%(number)d minute", "%(number)d minutes", "number"),
    "hours": ngettext_lazy("%(number)d hour", "%(number)d hours", "number"),
    "days": ngettext_lazy("%(number)d day", "%(number)d days", "number"),
    "months": ngettext_lazy("%(number)d month", "%(number)d months", "number"),
}
