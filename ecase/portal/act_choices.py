"""Replaces text inputs by choices where the register knows the possible values.

The stored and signed value stays the text: the key of a field, the number of a court.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from ecase.officers.models import Post
from workflows.motions.acts.registry import spec_of
from workflows.motions.models import Motion
from workflows.motions.rules import payloads
from workflows.motions.states import ActType
from workflows.statute.schema import Field, Form


def form_of(motion: Motion, act_type: ActType, payload: Mapping[str, Any], author: Post) -> Form:
    """The form that ``payload`` of ``author`` fills, with choices for texts that the register knows."""
    form = payloads.form_of(motion, act_type, payload, author=author)
    return dataclasses.replace(form, fields=tuple(_with_choices(field, motion, act_type) for field in form.fields))


def _with_choices(field: Field, motion: Motion, act_type: ActType) -> Field:
    known = spec_of(act_type).choices.get(field.key)
    return dataclasses.replace(field, type="choice", choices=tuple(known(motion))) if known else field
