"""Which appeals stand against a decision, and the state of the appeal: computed from the acts only.

Each appeal is the act by which it was made. A withdrawal and a ruling on the term name the appeal that they end or
decide; until then it stands. The state of the appeal follows from all of them together:

* an appeal in time, or with a restored term, goes up: ``filed``, then ``sent_up`` and ``with_judge``. Appeals that join
  later, or are withdrawn, do not change that;
* with none of these, a late appeal waits for the judge who decided: ``late``, even if others had gone up;
* with neither, ``not_restored`` if a term was not restored, else ``withdrawn``. A ruling of the court above is final.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from workflows.motions.states import ActType, AppealState

if TYPE_CHECKING:
    from workflows.motions.models import Motion

# The key by which an act names the appeal that it ends or decides, and that of a ruling's answer.
APPEAL, RESTORED, YES = "appeal", "restored", "yes"
# Acts that name an appeal.
NAMING = frozenset({ActType.RESTORATION, ActType.APPEAL_WITHDRAWAL})
STATING = (ActType.APPEAL, *NAMING)
_STAGES = {
    ActType.TRANSMISSION: AppealState.SENT_UP,
    ActType.APPEAL_ASSIGNMENT: AppealState.WITH_JUDGE,
    ActType.APPEAL_RECUSAL: AppealState.SENT_UP,
    ActType.APPEAL_REASSIGNMENT: AppealState.SENT_UP,
    ActType.APPEAL_RULING: AppealState.RULED,
}
_COUNTED = (*STATING, *_STAGES)


class Fate(Enum):
    """What has become of an appeal."""

    IN_TIME = "in_time"
    LATE = "late"
    RESTORED = "restored"
    NOT_RESTORED = "not_restored"
    WITHDRAWN = "withdrawn"


GOING_UP = frozenset({Fate.IN_TIME, Fate.RESTORED})
STANDING = GOING_UP | {Fate.LATE}


class Stated(NamedTuple):
    """The part of an act that counts for appeals: its id, its type, its statements, its instant."""

    id: str
    type: str
    payload: Mapping[str, Any]
    at: datetime


@dataclass
class Appeals:
    """The appeals against one decision, by the id of the act that made each, in their order.

    ``until`` is the last instant of the term of appeal. ``stage`` is the state of those that go up.
    """

    until: datetime | None
    fates: dict[str, Fate] = field(default_factory=dict)
    stage: AppealState | None = None

    def take(self, act: Stated) -> "Appeals":
        """The appeals after one more act."""
        if act.type == ActType.APPEAL:
            in_time = self.until is None or act.at <= self.until
            self.fates[act.id] = Fate.IN_TIME if in_time else Fate.LATE
        elif act.type == ActType.RESTORATION:
            fate = Fate.RESTORED if act.payload.get(RESTORED) == YES else Fate.NOT_RESTORED
            self._mark(act, frozenset({Fate.LATE}), fate)
        elif act.type == ActType.APPEAL_WITHDRAWAL:
            self._mark(act, STANDING, Fate.WITHDRAWN)
        else:
            self.stage = _STAGES[ActType(act.type)]
        if self.stage != AppealState.RULED and not self.with_fates(GOING_UP):
            self.stage = None
        return self

    def _mark(self, act: Stated, among: frozenset[Fate], fate: Fate) -> None:
        """Set the fate of the appeal that the act names; acts from before appeals were named mean all of them."""
        named = act.payload.get(APPEAL)
        for key in self.with_fates(among):
            if named in (None, key):
                self.fates[key] = fate

    def with_fates(self, fates: frozenset[Fate]) -> list[str]:
        """The ids of the appeals with one of ``fates``."""
        return [key for key, fate in self.fates.items() if fate in fates]

    @property
    def state(self) -> AppealState:
        """The state of the appeal."""
        if self.stage == AppealState.RULED or self.with_fates(GOING_UP):
            return self.stage or AppealState.FILED
        left = set(self.fates.values())
        if Fate.LATE in left:
            return AppealState.LATE
        if Fate.NOT_RESTORED in left:
            return AppealState.NOT_RESTORED
        return AppealState.WITHDRAWN if left else AppealState.NONE


def count_acts(acts: Iterable[Stated], until: datetime | None) -> Appeals:
    """The appeals that these acts, in their order, have made and ended; others are passed over."""
    appeals = Appeals(until)
    for act in acts:
        if act.type in _COUNTED:
            appeals.take(act)
    return appeals


def count_appeals(motion: "Motion") -> Appeals:
    """The appeals against the motion's decision as they stand now; one query."""
    rows = motion.acts.filter(type__in=_COUNTED).order_by("position")
    stated = rows.values_list("pk", "type", "payload", "performed_at")
    return count_acts((Stated(str(pk), *rest) for pk, *rest in stated), motion.appeal_until)
