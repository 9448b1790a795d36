"""A payload in words, with the labels of its form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from workflows.motions import signed
from workflows.motions.exports.fields import display
from workflows.motions.models import Act, Motion
from workflows.motions.rules import payloads
from workflows.motions.rules.payloads import NEW_OUTCOME, OUTCOME
from workflows.motions.services import acting
from workflows.motions.states import ActType
from workflows.statute.schema import Field, Form


@dataclass(frozen=True)
class Line:
    """A label and its answer: words, or rows of a table under a header."""

    label: Any
    text: str = ""
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    is_long: bool = False

    @property
    def labelled_rows(self) -> list[list[tuple[str, str]]]:
        """The rows, each cell with the name of its column."""
        return [list(zip(self.header, row, strict=True)) for row in self.rows]


def describe_motion(motion: Motion) -> list[Line]:
    """The statement of the motion: the request and its reasons."""
    return list(_lines(motion, acting.form(motion, ActType.MOTION), signed.statement(motion)))


def describe_act(act: Act) -> list[Line]:
    """The statement of an act."""
    return describe_payload(act.motion, ActType(act.type), act.stated["payload"])


def describe_payload(motion: Motion, act_type: ActType, payload: Mapping[str, Any]) -> list[Line]:
    """The statement of an act of this type with this payload."""
    lines, labels = list[Line](), {choice.key: choice.label for choice in payloads.outcomes(motion, act_type)}
    if (outcome := payload.get(OUTCOME)) in labels:
        lines.append(Line(_("Outcome"), str(labels[outcome])))
    if new := payload.get(NEW_OUTCOME):
        lines.append(Line(_("Decided instead"), str(motion.kind_entry.outcome(new).label)))
    return [*lines, *_lines(motion, payloads.form_of(motion, act_type, payload), payload)]


def describe_field(motion: Motion, field: Field, payload: Mapping[str, Any]) -> Line:
    """One field of a payload; a line without text if it is empty."""
    return next(_lines(motion, Form(fields=(field,)), payload), Line(field.label))


def _lines(motion: Motion, form: Form, payload: Mapping[str, Any]) -> Iterator[Line]:
    for field in form.fields:
        value = payload.get(field.key)
        if value in (None, "", []):
            continue
        if field.type == "list":
            header = tuple(str(column.label) for column in field.fields)
            rows = tuple(tuple(_words(motion, column, row.get(column.key)) for column in field.fields) for row in value)
            yield Line(field.label, header=header, rows=rows)
        else:
            yield Line(field.label, _words(motion, field, value), is_long=field.type == "long_text")


def _words(motion: Motion, field: Field, value: Any) -> str:
    return "" if value in (None, "") else display(motion, field, value, (get_language() or "kk")[:2])
