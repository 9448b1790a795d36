"""Checks that the structure of a catalogue cannot express: every reference has a target, no unknown rule has a figure.

The checks walk the marked tree, so that each fault is reported at its own line even if the structure is invalid too.
"""

from typing import get_args

from workflows.statute.form_references import check_form, keys_once
from workflows.statute.kind_references import ACTS, FIGURES, Around, check_escalation, check_kind, check_reminders
from workflows.statute.reading import Faults, Marked, by_key, entries, items, word
from workflows.statute.schema import TermRole

SHARED = ACTS | {"decision"}
ROLES = frozenset(get_args(TermRole))
# Fields of an act that the service reads, whatever else its form asks for.
READ: dict[str, tuple[str, ...]] = {
    "correction": ("field", "value", "reasons"),
    "format_order": ("format",),
    "admission": ("iin",),
    "transfer": ("court",),
    "hearing_order": ("scheduled_at",),
    "appeal": ("appellant",),
    "restoration": ("appeal", "restored"),
    "appeal_withdrawal": ("appeal",),
    "event": ("event",),
}


def check(tree: Marked, faults: Faults) -> None:
    """Report every dangling reference and every inconsistent rule of the catalogue."""
    _every_text(tree, faults)
    acts, kinds = tree.child("acts"), tree.child("kinds")
    for name, form in entries(acts):
        if name not in SHARED:
            faults.at(form, f"{name!r} is not an act")
        check_form(form, faults)
    _read_keys(acts, faults)
    _by_role(tree, faults)
    keys_once(items(tree, "measures"), faults)
    appellant = by_key(items(acts.child("appeal"), "fields")).get("appellant") if acts is not None else None
    around = Around(
        groups={str(key) for key in by_key(items(tree, "groups"))},
        kinds={key for key, _kind in entries(kinds)},
        appellants=set(by_key(items(appellant, "choices"))),
        measures=set(by_key(items(tree, "measures"))),
    )
    for _name, kind in entries(kinds):
        check_kind(kind, around, faults)


def _every_text(marked: Marked, faults: Faults) -> None:
    """Reports empty articles, labels and messages, and figures of unknown rules."""
    if isinstance(marked.value, list):
        for item in marked.value:
            _every_text(item, faults)
    for key, value in entries(marked):
        if key in ("article", "kk", "ru", "en") and isinstance(value.value, str) and not value.value.strip():
            faults.at(value, f"{key!r} is empty")
        if key in FIGURES and word(marked, "mark") == "U":
            faults.at(value, f"{key!r} is given for a rule that is marked U (unknown)")
        _every_text(value, faults)


def _read_keys(acts: Marked | None, faults: Faults) -> None:
    if acts is None:
        return
    for act, needed in READ.items():
        form = acts.child(act) or Marked({}, acts.place)
        for key in sorted(set(needed) - by_key(items(form, "fields")).keys()):
            faults.at(form, f"the form of {act!r} needs a field {key!r}")


def _by_role(tree: Marked, faults: Faults) -> None:
    """Checks reminders and escalation by role, which apply if a term states none."""
    for part, check_list in (("reminders", check_reminders), ("escalation", check_escalation)):
        for role, listed in entries(tree.child(part)):
            if role not in ROLES:
                faults.at(listed, f"{role!r} is not a role")
            check_list(listed, faults)
