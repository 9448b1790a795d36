"""What the register knows and an act only has to point at: offered as a choice where the catalogue asks for a text.

What is stored and signed stays the text: the key of a field, the number of a court.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ecase.officers.models import Organisation, Post
from workflows.motions.models import Motion
from workflows.motions.rules import payloads
from workflows.motions.states import ActType
from workflows.statute.schema import Choice, Field, Form, Text


def form_of(motion: Motion, act_type: ActType, payload: Mapping[str, Any], author: Post) -> Form:
    """The form that ``payload`` fills as ``author`` states it, with choices for texts that the register knows."""
    form = payloads.form_of(motion, act_type, payload, author=author)
    key, offer = _OFFERS.get(act_type, ("", _nothing))
    if form.field(key) is None:
        return form
    choices = tuple(offer(motion))
    return dataclasses.replace(form, fields=tuple(_offered(one, key, choices) for one in form.fields))


def _offered(field: Field, key: str, choices: tuple[Choice, ...]) -> Field:
    return dataclasses.replace(field, type="choice", choices=choices) if field.key == key else field


def _nothing(motion: Motion) -> Iterable[Choice]:
    return ()


def _instants(motion: Motion) -> Iterable[Choice]:
    """The instants that the motion states."""
    return (Choice(key=one.key, label=one.label) for one in motion.kind_entry.form.fields if one.type == "instant")


def _courts(motion: Motion) -> Iterable[Choice]:
    """Every other court."""
    for one in Organisation.objects.filter(kind=Organisation.Kind.COURT).exclude(pk=motion.court_id):
        yield Choice(key=one.bin, label=Text(kk=one.name("kk"), ru=one.name("ru"), en=one.name("en")))


_OFFERS: dict[ActType, tuple[str, Callable[[Motion], Iterable[Choice]]]] = {
    ActType.CORRECTION: ("field", _instants),
    ActType.TRANSFER: ("court", _courts),
}
