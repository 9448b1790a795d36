"""Two windows on one draft: their changes are merged field by field; of a field that both changed, the writer chooses.

A form posts as ``base`` the payload that it was last given, and as ``choose`` what was chosen: ``mine:<field>`` or
``theirs:<field>``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ecase.portal.act_fields import Line, describe_field
from ecase.problems import Problem
from workflows.motions.models import Motion
from workflows.motions.services.drafts import Saved
from workflows.statute.schema import Form

Payload = dict[str, Any]


@dataclass(frozen=True)
class Conflict:
    """A field that two windows have changed, and what the other window has saved of it."""

    key: str
    line: Line


def read_base(posted: QueryDict) -> Payload:
    """The payload that the form was last given. Without it nothing that is stored counts as seen."""
    try:
        base = orjson.loads(posted.get("base", ""))
    except orjson.JSONDecodeError:
        return {}
    return base if isinstance(base, dict) else {}


def apply_choices(posted: QueryDict, base: Payload, payload: Payload, stored: Mapping[str, Any]) -> None:
    """Resolve conflicts as chosen: what is kept counts as changed after the stored text was seen."""
    for choice in filter(None, posted.getlist("choose")):
        whose, _colon, key = choice.partition(":")
        base[key] = stored.get(key)
        if whose == "theirs":
            payload[key] = stored.get(key)


def describe(motion: Motion, form: Form, saved: Saved) -> list[Conflict]:
    """The conflicts of a saved draft, with the other window's text in words."""
    fields = [field for field in form.fields if field.key in saved.conflicts]
    return [Conflict(field.key, describe_field(motion, field, saved.payload)) for field in fields]


def problems_of(conflicts: list[Conflict]) -> list[Problem]:
    """What a status line and an error summary say of them."""
    message = _("“%(field)s” was changed in another window too.")
    return [
        Problem("changed-elsewhere", message % {"field": conflict.line.label}, f"payload.{conflict.key}")
        for conflict in conflicts
    ]


def as_base(payload: Mapping[str, Any]) -> str:
    """A payload as a form states it."""
    return orjson.dumps(payload).decode()
