"""Forms on cases, persons and counsel: their inputs, what was typed into them, and its reading."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ecase.cases.counsel import advocates_for
from ecase.cases.models import Case, Counsel, FormerCounsel, Identity, Language, Person
from ecase.cases.participants import OF_PEOPLE
from ecase.cases.services import investigators_of_body
from ecase.officers.models import Organisation, Post, Role, Sex
from ecase.problems import Problem

Text = str | Promise
Options = Sequence[tuple[str, Text]]
LONGEST = 5000


@dataclass(frozen=True)
class Box:
    """An input with its label, its value and its problems. ``type``: a widget of ``portal/boxes.html``."""

    name: str
    label: Text
    type: Literal["text", "date", "area", "select", "radios", "checkbox"] = "text"
    hint: Text = ""
    optional: bool = False
    width: int = 0
    options: Options = ()
    inputmode: str = ""
    value: str = ""
    errors: Sequence[Problem] = ()

    @property
    def described_by(self) -> str:
        """Ids of the input's hint and error message."""
        return " ".join([f"{self.name}-hint"] * bool(self.hint) + [f"{self.name}-error"] * bool(self.errors))


def fill(boxes: Iterable[Box], values: Mapping[str, Any], errors: Mapping[str, list[Problem]]) -> list[Box]:
    """The inputs with the values to show and the problems of each."""
    return [
        dataclasses.replace(box, value=_shown(values.get(box.name)), errors=errors.get(box.name, ())) for box in boxes
    ]


def read(boxes: Iterable[Box], posted: QueryDict) -> dict[str, str]:
    """What was typed, as texts."""
    return {box.name: posted.get(box.name, "")[:LONGEST] for box in boxes}


def read_date(typed: str) -> date | str | None:
    """The day; what was typed if there is no such day, for validation to refuse."""
    try:
        return date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError:
        return typed


def chosen(rows: Iterable[Any], typed: str) -> Any:
    """The row of that id among those that are offered; None if it is no such id."""
    return next((row for row in rows if str(row.pk) == typed), None)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(getattr(value, "pk", value))


# -- the case -----------------------------------------------------------------------------------------------------


def of_new_case(post: Post) -> list[Box]:
    """The form that opens a case; a head of unit names its investigator."""
    hint = _("15 digits, as in the register; spaces do no harm.")
    number = Box("number", _("Number in the Unified Register (ERDR)"), hint=hint, width=20, inputmode="numeric")
    if post.role != Role.HEAD_OF_UNIT:
        return [number, *of_case()]
    officers = [(str(held.officer_id), held.officer.full_name) for held in investigators_of_body(post.organisation)]
    return [number, *of_case(), Box("investigator", _("Investigator"), "select", "", True, options=officers)]


def of_case() -> list[Box]:
    """What is corrected of a case."""
    articles = _("Article, part and paragraph of the Criminal Code, in the language of the proceedings.")
    languages = [(value, label) for value, label in Language.choices if value != Language.ENGLISH]
    return [
        Box("language", _("Language of proceedings"), "radios", options=languages),
        Box("qualification", _("Qualification"), hint=articles),
        Box("summary", _("What the case is about"), "area", optional=True),
        Box("prosecution", _("Supervising prosecutor's office"), "select", options=_bodies("prosecution")),
        Box("court", _("Investigating court"), "select", options=_bodies("court")),
    ]


def read_case(typed: Mapping[str, str]) -> dict[str, Any]:
    """The fields for ``open_case`` and ``correct_case``."""
    bodies = {name: chosen(Organisation.objects.filter(kind=name), typed[name]) for name in ("prosecution", "court")}
    return {name: typed[name] for name in ("language", "qualification", "summary")} | bodies


def _bodies(kind: str) -> Options:
    found = sorted(Organisation.objects.filter(kind=kind), key=lambda body: body.name())
    return [(str(body.pk), f"{body.name()}, {body.place()}") for body in found]


# -- a person -----------------------------------------------------------------------------------------------------


def of_person(case: Case, form: str, person: Person | None = None) -> list[Box]:
    """The form of a natural or legal person of the case."""
    found = _of_legal_person() if form == Identity.Form.LEGAL else _of_natural_person()
    keepers = case.persons.filter(capacity=Person.Capacity.LEGAL_REPRESENTATIVE)
    options = [(str(keeper.pk), keeper.full_name) for keeper in keepers if person is None or keeper.pk != person.pk]
    if options:
        found.append(Box("represented_by", _("Legal representative"), "select", "", True, options=options))
    return found


def _of_natural_person() -> list[Box]:
    language = _("If the person does not have the language of the proceedings, and needs an interpreter.")
    return [
        Box("capacity", _("Capacity in the case"), "select", options=Person.Capacity.choices),
        Box("surname", _("Surname"), hint=_("Whoever has one name only: that name.")),
        Box("given_name", _("Given name"), optional=True),
        Box("patronymic", _("Patronymic"), optional=True),
        Box("sex", _("Sex"), "radios", options=Sex.choices),
        Box("birth_date", _("Date of birth"), "date", "", True),
        Box("iin", _("IIN"), "text", _("Twelve digits."), True, 20, inputmode="numeric"),
        Box(
            "paper", _("Identity paper"), "text", _("Of a foreigner without an IIN: what it is, and its number."), True
        ),
        Box("citizenship", _("Citizenship"), "text", _("Three letters, as in a passport: KAZ."), True, 5),
        Box("address", _("Residence"), optional=True),
        Box("language", _("Language that the person speaks"), "text", language, True),
        Box("convictions", _("Convictions"), "area", _("Those that are not spent."), True),
    ]


def _of_legal_person() -> list[Box]:
    capacities = [(value, label) for value, label in Person.Capacity.choices if value not in OF_PEOPLE]
    return [
        Box("capacity", _("Capacity in the case"), "select", options=capacities),
        Box("legal_name", _("Name of the legal person"), hint=_("As it is registered.")),
        Box("iin", _("BIN"), "text", _("Twelve digits."), True, 20, inputmode="numeric"),
        Box("address", _("Place"), optional=True),
    ]


def read_person(case: Case, typed: Mapping[str, str], form: str) -> dict[str, Any]:
    """The fields for ``add_person`` and ``correct_person``."""
    fields: dict[str, Any] = {**typed, "form": form}
    if "birth_date" in typed:
        fields["birth_date"] = read_date(typed["birth_date"])
    if "represented_by" in typed:
        fields["represented_by"] = chosen(case.persons.all(), typed["represented_by"])
    return fields


# -- counsel ------------------------------------------------------------------------------------------------------


def of_counsel(case: Case) -> list[Box]:
    """The form that names counsel of a person."""
    advocates = [
        (str(post.officer_id), f"{post.officer.full_name}, {post.organisation}") for post in advocates_for(case)
    ]
    relatives = [
        (str(person.pk), person.full_name) for person in case.persons.filter(capacity=Person.Capacity.DEFENDER)
    ]
    noticed = _("The law lets nothing else be asked for.")
    agree = _("Only if this advocate defends another person of the case as well.")
    found = [Box("officer", _("Advocate"), "select", optional=bool(relatives), options=advocates)]
    if relatives:
        beside = _("Beside an advocate, on the person's written request.")
        found += [
            Box("participant", _("Or a relative"), "select", beside, True, options=relatives),
            Box("relation", _("Who the relative is"), "select", "", True, options=Counsel.Relation.choices[1:]),
        ]
    return [
        *found,
        Box("noticed_on", _("Date of the written notice of defence"), "date", noticed),
        Box("appointed", _("Appointed by the body that conducts the case"), "checkbox", "", True),
        Box("interests_agree", _("The interests of both persons agree"), "checkbox", agree, True),
    ]


def read_counsel(case: Case, typed: Mapping[str, str]) -> dict[str, Any]:
    """The terms for ``name_counsel``; a relative is named if one was chosen and no advocate."""
    officer = next((post.officer for post in advocates_for(case) if str(post.officer_id) == typed["officer"]), None)
    relative = None if officer else chosen(case.persons.all(), typed.get("participant", ""))
    return {
        "officer": officer,
        "participant": relative,
        "relation": typed.get("relation", "") if relative else Counsel.Relation.ADVOCATE,
        "noticed_on": read_date(typed["noticed_on"]),
        "appointed": typed["appointed"] == "yes",
        "interests_agree": typed["interests_agree"] == "yes",
    }


def of_end() -> list[Box]:
    """The form that ends a defence."""
    return [Box("end", _("How it ended"), "radios", options=FormerCounsel.End.choices), of_reason()]


def of_reason() -> Box:
    """Why something is corrected or ended."""
    return Box("reason", _("Why"), hint=_("Kept with the old value; everybody who works on the case reads it."))
