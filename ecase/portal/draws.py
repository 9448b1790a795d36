"""The record of a draw for people: candidates, their chances, who was excluded and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Officer, Role
from workflows.assignment import services as assignment
from workflows.assignment.models import Draw
from workflows.motions.states import ActType

REASONS: Mapping[str, Any] = {
    "off_roster": _("not on the court's roster at that moment"),
    "no_share": _("on the roster without a share"),
    "absent": _("absent"),
    "acted": _("has acted in the case in another role"),
    "judged_elsewhere": _("was drawn for the case by another court"),
    "party": _("is a person of the case"),
    "kin": _("kinship is declared"),
    "recused": _("a recusal is declared"),
    "other": _("another conflict is declared"),
    "barred": _("had this motion and left it"),
    "not_on_duty": _("not on duty at that moment"),
    "later_on_duty": _("on duty, after the one who was called first"),
}
# The parts of a judge's load, by their names in the record.
LOAD = ("open", "done", "appeals")


@dataclass(frozen=True)
class Candidate:
    """A judge among the candidates of a draw.

    ``share`` is the part of a full load in per cent, ``speciality`` the factor of a specialist for such motions and
    ``load`` the number of motions counted (None in draws of the first algorithm); ``chance`` is in per cent of all
    weights, rounded.
    """

    name: str
    weight: int
    chance: int
    share: int | None
    speciality: int | None
    load: int | None
    is_chosen: bool


@dataclass(frozen=True)
class Described:
    """A draw as shown on a page. ``faults`` is empty if repeating it gave the same result."""

    record: Draw
    candidates: list[Candidate]
    excluded: list[tuple[str, list[Any]]]
    faults: list[str]


def describe(draw: Draw) -> Described:
    """The record with names instead of ids, and the result of repeating the draw."""
    # Draws of the first algorithm list ids only, all with the same weight.
    listed = [held if isinstance(held, dict) else {"officer": held, "weight": 1} for held in draw.candidates]
    keys = [*(held["officer"] for held in listed), *draw.excluded]
    officers = Officer.objects.in_bulk([UUID(key) for key in keys])
    names = {str(pk): officer.full_name for pk, officer in officers.items()}
    total = sum(candidate["weight"] for candidate in listed) or 1
    chosen = str(draw.chosen.officer_id)
    candidates = [_candidate(candidate, names, total, chosen) for candidate in listed]
    excluded = [
        (names.get(officer, officer), [_reason(reason["code"], reason.get("detail", "")) for reason in why])
        for officer, why in draw.excluded.items()
    ]
    return Described(draw, candidates, excluded, assignment.faults(draw))


def _candidate(candidate: dict[str, Any], names: Mapping[str, str], total: int, chosen: str) -> Candidate:
    officer, weight, made_of = candidate["officer"], candidate["weight"], candidate.get("made_of", {})
    return Candidate(
        name=names.get(officer, officer),
        weight=weight,
        chance=round(100 * weight / total),
        share=made_of.get("share"),
        speciality=made_of.get("speciality"),
        load=sum(made_of.get(key, 0) for key in LOAD) if made_of else None,
        is_chosen=officer == chosen,
    )


def _reason(code: str, detail: str) -> Any:
    words = REASONS.get(code, code)
    if detail in Role.values:
        return _("%(why)s: %(detail)s") % {"why": words, "detail": Role(detail).label}
    if detail in ActType.values:
        return _("%(why)s: %(detail)s") % {"why": words, "detail": ActType(detail).label}
    return words
