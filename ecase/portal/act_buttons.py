"""The buttons of a motion: every possible act, the expected one first, the rare ones separate."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from ecase.officers.models import Post
from workflows.motions.acts.registry import spec_of
from workflows.motions.acts.spec import Rank
from workflows.motions.models import Motion
from workflows.motions.services import acting
from workflows.motions.states import DECISIONS, ActType


@dataclass(frozen=True)
class ActButton:
    """A button for an act that is possible now; ``reads_first``: the materials have to be opened before."""

    act_type: ActType
    label: Any
    address: str
    rank: Rank
    reads_first: bool


@dataclass(frozen=True)
class ActButtons:
    """The buttons of one page."""

    first: list[ActButton]
    rare: list[ActButton]

    def __bool__(self) -> bool:
        return bool(self.first or self.rare)

    @property
    def is_expected(self) -> bool:
        """Whether the motion waits for one of these acts."""
        return any(button.rank == Rank.EXPECTED for button in self.first)

    @property
    def reads_first(self) -> bool:
        """Whether any of the acts requires the materials to be opened first."""
        return any(button.reads_first for button in (*self.first, *self.rare))

    @property
    def unread(self) -> "ActButtons":
        """The acts that are possible without opening the materials."""
        return ActButtons(
            [button for button in self.first if not button.reads_first],
            [button for button in self.rare if not button.reads_first],
        )


def act_buttons(motion: Motion, post: Post) -> ActButtons:
    """The acts that are possible now, each once: a decision is one button, whatever type of act it becomes."""
    by_address: dict[str, ActButton] = {}
    for act_type in acting.available(motion, post):
        address, spec = address_of(motion, act_type), spec_of(act_type)
        by_address.setdefault(address, ActButton(act_type, spec.label, address, spec.rank, spec.reads_first))
    frequent = [button for button in by_address.values() if button.rank != Rank.RARE]
    first = sorted(frequent, key=lambda button: button.rank != Rank.EXPECTED)
    return ActButtons(first, [button for button in by_address.values() if button.rank == Rank.RARE])


def address_of(motion: Motion, act_type: ActType) -> str:
    """The page on which the act is written."""
    if act_type == ActType.MOTION:
        return reverse("portal:draft", args=[motion.pk])
    if act_type in DECISIONS:
        return reverse("portal:decide", args=[motion.pk])
    return reverse("portal:act", args=[motion.pk, act_type])
