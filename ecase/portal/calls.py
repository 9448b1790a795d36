"""The buttons of a motion: every act that is possible now, the expected one first, the rare ones apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Post
from workflows.motions.authority.steps import STEPS
from workflows.motions.models import Motion
from workflows.motions.services import acting
from workflows.motions.states import DECISIONS, ActType

EXPECTED, QUIET, RARE = "expected", "quiet", "rare"
LABELS: dict[ActType, Any] = {
    ActType.MOTION: _("Correct and file again"),
    ActType.APPROVAL: _("Approve"),
    ActType.AGREEMENT: _("Agree"),
    ActType.REFUSAL: _("Refuse"),
    ActType.RETURN: _("Send back for completion"),
    ActType.WITHDRAWAL: _("Withdraw the motion"),
    ActType.CORRECTION: _("Correct an instant"),
    ActType.FORMAT_ORDER: _("Change the format"),
    ActType.ADMISSION: _("Admit a person"),
    ActType.RECUSAL: _("Recuse yourself"),
    ActType.REASSIGNMENT: _("Replace the judge"),
    ActType.TRANSFER: _("Pass to another court"),
    ActType.MATERIALS_REQUEST: _("Ask for more materials"),
    ActType.SUPPLEMENT: _("Supplement the motion"),
    ActType.HEARING_ORDER: _("Order a hearing"),
    ActType.MINUTES: _("Write the minutes of the hearing"),
    **dict.fromkeys(DECISIONS, _("Decide")),
    ActType.EXECUTION_REPORT: _("Report the execution"),
    ActType.LIFTING: _("Lift the measure"),
    ActType.LIFTING_CONSENT: _("Agree to the lifting"),
    ActType.LIFTING_REFUSAL: _("Refuse the lifting"),
    ActType.APPEAL: _("Appeal the decision"),
    ActType.RESTORATION: _("Rule on restoring the term"),
    ActType.APPEAL_WITHDRAWAL: _("Withdraw the appeal"),
    ActType.APPEAL_RECUSAL: _("Recuse yourself"),
    ActType.APPEAL_REASSIGNMENT: _("Replace the appellate judge"),
    ActType.APPEAL_RULING: _("Rule on the appeal"),
    ActType.EVENT: _("Put an event on record"),
}
# What ends or delays the motion is a quieter button; what is seldom wanted stands behind a heading of its own.
_RANKS: dict[ActType, str] = {
    **dict.fromkeys(
        (
            ActType.REFUSAL,
            ActType.RETURN,
            ActType.HEARING_ORDER,
            ActType.MATERIALS_REQUEST,
            ActType.SUPPLEMENT,
            ActType.MINUTES,
            ActType.LIFTING_REFUSAL,
            ActType.APPEAL,
            ActType.EVENT,
        ),
        QUIET,
    ),
    **dict.fromkeys(
        (
            ActType.WITHDRAWAL,
            ActType.CORRECTION,
            ActType.FORMAT_ORDER,
            ActType.ADMISSION,
            ActType.RECUSAL,
            ActType.REASSIGNMENT,
            ActType.TRANSFER,
            ActType.LIFTING,
            ActType.APPEAL_WITHDRAWAL,
            ActType.APPEAL_RECUSAL,
            ActType.APPEAL_REASSIGNMENT,
        ),
        RARE,
    ),
}


@dataclass(frozen=True)
class Call:
    """A button for an act that is possible now; ``rank`` is ``expected``, ``quiet`` or ``rare``."""

    act_type: ActType
    label: Any
    address: str
    rank: str

    @property
    def reads_first(self) -> bool:
        """Whether the materials have to be opened before."""
        return STEPS[self.act_type].reads_first


@dataclass(frozen=True)
class Calls:
    """The buttons of one page."""

    first: list[Call]
    rare: list[Call]

    def __bool__(self) -> bool:
        return bool(self.first or self.rare)

    @property
    def is_expected(self) -> bool:
        """Whether the motion waits for one of them."""
        return any(one.rank == EXPECTED for one in self.first)

    @property
    def reads_first(self) -> bool:
        """Whether some of them ask for the reading of the materials."""
        return any(one.reads_first for one in (*self.first, *self.rare))

    @property
    def unread(self) -> "Calls":
        """Those that are possible without having read the materials."""
        return Calls(
            [one for one in self.first if not one.reads_first], [one for one in self.rare if not one.reads_first]
        )


def calls(motion: Motion, post: Post) -> Calls:
    """The acts that are possible now, each once: a decision is one button, whatever form it will take."""
    found = list(_each(motion, post))
    first = sorted((one for one in found if one.rank != RARE), key=lambda one: one.rank != EXPECTED)
    return Calls(first, [one for one in found if one.rank == RARE])


def address_of(motion: Motion, act_type: ActType) -> str:
    """The page on which an act is written."""
    if act_type == ActType.MOTION:
        return reverse("portal:draft", args=[motion.pk])
    if act_type in DECISIONS:
        return reverse("portal:decide", args=[motion.pk])
    return reverse("portal:act", args=[motion.pk, act_type])


def _each(motion: Motion, post: Post) -> Iterator[Call]:
    seen: set[str] = set()
    for act_type in acting.available(motion, post):
        address = address_of(motion, act_type)
        if address not in seen:
            seen.add(address)
            yield Call(act_type, LABELS[act_type], address, _RANKS.get(act_type, EXPECTED))
