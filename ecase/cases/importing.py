"""Reading cases, persons and counsel from CSV or JSON: each entry whole or not at all, with a report by line."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ecase.cases.counsel import name_counsel
from ecase.cases.models import Case, Person
from ecase.cases.numbers import tidy_number
from ecase.cases.participants import FIELDS, add_person
from ecase.cases.services import open_case
from ecase.officers.models import Officer, Organisation, Post
from ecase.problems import Invalid, Problem, Refused

CASE = ("number", "language", "qualification", "summary", "prosecution", "court", "investigator")
PERSON = ("external_id", *FIELDS)
COUNSEL = ("counsel", "noticed_on", "appointed")
COLUMNS = frozenset((*CASE, *PERSON, *COUNSEL))
# "language" is the case's; what a person speaks has a column of its own in the file.
SPOKEN = "spoken_language"
MOST_ENTRIES = 10_000

Entry = Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """What became of an entry: ``made`` names what was entered; ``problems`` why nothing was."""

    line: int
    number: str
    made: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


class Unreadable(Exception):
    """The file is no such CSV or JSON. The text says why."""


def read_entries(text: str) -> Iterator[tuple[int, Entry]]:
    """The entries of a file with their lines: a CSV with a header, or JSON, an array of objects with texts.

    Raises :class:`Unreadable`, also for a column that is not known.
    """
    stripped = text.lstrip("\ufeff \r\n\t")
    entries = _of_json(stripped) if stripped.startswith("[") else _of_csv(stripped)
    for position, (line, entry) in enumerate(entries):
        if position >= MOST_ENTRIES:
            raise Unreadable(_("The file has more than %(most)d entries. Split it.") % {"most": MOST_ENTRIES})
        if unknown := sorted(map(str, entry.keys() - COLUMNS - {SPOKEN})):
            raise Unreadable(_("Line %(line)d: not known: %(names)s.") % {"line": line, "names": ", ".join(unknown)})
        yield line, {name: str(value or "").strip() for name, value in entry.items()}


def _of_csv(text: str) -> Iterator[tuple[int, Mapping[Any, Any]]]:
    separator = max(",;\t", key=text.partition("\n")[0].count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in rows:
            yield rows.line_num, row
    except csv.Error as fault:
        raise Unreadable(f"{rows.line_num}: {fault}") from fault


def _of_json(text: str) -> Iterator[tuple[int, Mapping[Any, Any]]]:
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise Unreadable(str(fault)) from fault
    if not all(isinstance(entry, dict) for entry in entries):
        raise Unreadable(_("Every entry has to be an object."))
    yield from enumerate(entries, 1)


def import_entries(entries: Iterator[tuple[int, Entry]], post: Post, *, dry_run: bool) -> list[Outcome]:
    """Enter what is not there yet, as ``post``; nothing stays of a ``dry_run``.

    An entry states a case, and may state one of its persons and that person's advocate. A case that ``post`` may open,
    a person of a known ``external_id`` and counsel who was named already are passed over: a file may come twice.
    """
    with transaction.atomic():
        outcomes = [_outcome(line, entry, post) for line, entry in entries]
        if dry_run:
            transaction.set_rollback(True)
    return outcomes


def _outcome(line: int, entry: Entry, post: Post) -> Outcome:
    number, made = tidy_number(entry.get("number", "")), list[str]()
    try:
        with transaction.atomic():
            case = _case(number, entry, post, made)
            person = _person(case, entry, post, made) if entry.get("capacity") else None
            if entry.get("counsel"):
                _counsel(case, person, entry, post, made)
    except Refused as refusal:
        return Outcome(line, number, problems=refusal.problems)
    return Outcome(line, number, tuple(made))


def _case(number: str, entry: Entry, post: Post, made: list[str]) -> Case:
    known = Case.objects.visible_to(post).filter(number=number).first()
    if known:
        return known
    fields: dict[str, Any] = {name: entry.get(name, "") for name in ("language", "qualification", "summary")}
    for name in ("prosecution", "court"):
        fields[name] = Organisation.objects.filter(bin=entry.get(name, "")).first()
    if entry.get("investigator"):
        fields["investigator"] = Officer.objects.filter(iin=entry["investigator"]).first() or Officer()
    made.append("case")
    return open_case(post, number, **fields)


def _person(case: Case, entry: Entry, post: Post, made: list[str]) -> Person:
    external_id = entry.get("external_id", "")
    known = case.persons.filter(external_id=external_id).first() if external_id else None
    if known:
        return known
    fields: dict[str, Any] = {name: entry[name] for name in PERSON if entry.get(name)}
    fields["language"] = entry.get(SPOKEN, "")
    if "birth_date" in fields:
        fields["birth_date"] = _day(fields["birth_date"])
    if "represented_by" in fields:
        fields["represented_by"] = case.persons.filter(external_id=fields["represented_by"]).first() or Person()
    made.append("person")
    return add_person(case, post, **fields)


def _counsel(case: Case, person: Person | None, entry: Entry, post: Post, made: list[str]) -> None:
    if person is None:
        raise Invalid(Problem("person-missing", _("Counsel is for a person: state one in the same entry."), "counsel"))
    officer = Officer.objects.filter(iin=entry["counsel"]).first()
    if officer and person.counsel.filter(officer=officer).exists():
        return
    notice: dict[str, Any] = {
        "noticed_on": _day(entry.get("noticed_on", "")),
        "appointed": entry.get("appointed") in ("1", "yes", "true"),
    }
    made.append("counsel")
    name_counsel(case, post, person, officer, **notice)


def _day(typed: str) -> date | str | None:
    """The day, or what is no day, for validation to refuse."""
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        return typed
