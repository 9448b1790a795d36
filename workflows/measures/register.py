"""What the register of measures must say after each act: pure functions, without the database.

The rules of a motion say what an act does to a measure (an *effect*, ``workflows.motions.rules.measures``); this module
says what becomes of the measures of the motion. Replaying all acts gives the whole register again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """State of a measure. That its term has run without a decision is computed, since no clock ends it."""

    IN_FORCE = "in_force", _("in force")
    SUSPENDED = "suspended", _("suspended by an appeal")
    ENDED = "ended", _("ended")


class What(models.TextChoices):
    """What an act did to a measure."""

    BEGUN = "begun", _("begun")
    PROLONGED = "prolonged", _("prolonged")
    SHORTENED = "shortened", _("shortened")
    CHANGED = "changed", _("beginning changed")
    SUSPENDED = "suspended", _("suspended")
    RESUMED = "resumed", _("in force again")
    ENDED = "ended", _("ended")


class How(models.TextChoices):
    """How a measure ended. ``expired`` is never said of a deprivation of liberty."""

    LIFTED = "lifted", _("lifted")
    REPLACED = "replaced", _("ended by a later decision")
    CANCELLED = "cancelled", _("cancelled on appeal")
    CHANGED = "changed", _("changed on appeal into another measure")
    EXPIRED = "expired", _("expired")


@dataclass(frozen=True)
class Begin:
    """The measure ``key`` applies; one of the same name is changed, another one ends."""

    key: str
    since: datetime
    until: datetime | None
    deprives_of_liberty: bool


@dataclass(frozen=True)
class Hold:
    """The measure ends at ``until`` (None: no end is stated), and counts ``since`` another instant if one is given."""

    until: datetime | None
    since: datetime | None = None


@dataclass(frozen=True)
class End:
    how: How
    # Only measures that do not deprive of liberty.
    by_clock: bool = False


@dataclass(frozen=True)
class Revive:
    """The measure that a later decision had ended holds again."""


@dataclass(frozen=True)
class Suspend:
    """An appeal keeps the measure from being carried out, or does so no longer."""

    suspended: bool


Effect = Begin | Hold | End | Revive | Suspend


class Mark(NamedTuple):
    """The act that has an effect, and its instant."""

    act: UUID
    at: datetime


@dataclass(frozen=True)
class Standing:
    """A measure as the register states it; the columns of ``Measure``."""

    key: str
    deprives_of_liberty: bool
    since: datetime
    until: datetime | None
    state: State
    begun_by: UUID
    changed_by: UUID
    ended_at: datetime | None = None
    ended_how: str = ""


def take(standings: list[Standing], effects: Iterable[Effect], mark: Mark) -> list[Standing]:
    """The measures of a motion, oldest first, after an act with these effects."""
    for effect in effects:
        standings = _take(standings, effect, mark)
    return standings


def describe_change(before: Standing | None, after: Standing) -> What:
    """What became of a measure by one act; ``after`` differs from ``before``."""
    if before is None:
        return What.BEGUN
    if before.state != after.state:
        return {State.ENDED: What.ENDED, State.SUSPENDED: What.SUSPENDED}.get(after.state, What.RESUMED)
    if before.until != after.until:
        is_later = before.until is not None and (after.until is None or after.until > before.until)
        return What.PROLONGED if is_later else What.SHORTENED
    return What.CHANGED


def _take(standings: list[Standing], effect: Effect, mark: Mark) -> list[Standing]:
    if isinstance(effect, Begin):
        return _begin(standings, effect, mark)
    if not standings:
        return standings
    *earlier, last = standings
    changed = _change(last, effect, mark)
    return standings if changed == last else [*earlier, replace(changed, changed_by=mark.act)]


def _begin(standings: list[Standing], begin: Begin, mark: Mark) -> list[Standing]:
    last = standings[-1] if standings else None
    if last is not None and last.state != State.ENDED and last.key == begin.key:
        return _take(standings, Hold(begin.until, begin.since), mark)
    ended = _take(standings, End(How.CHANGED), mark)
    begun = Standing(begin.key, begin.deprives_of_liberty, begin.since, begin.until, State.IN_FORCE, mark.act, mark.act)
    return [*ended, begun]


def _change(standing: Standing, effect: Effect, mark: Mark) -> Standing:
    """The measure after an effect; the same one if it has none on it."""
    if isinstance(effect, Revive):
        is_replaced = standing.state == State.ENDED and standing.ended_how == How.REPLACED
        return replace(standing, state=State.IN_FORCE, ended_at=None, ended_how="") if is_replaced else standing
    if standing.state == State.ENDED:
        return standing
    if isinstance(effect, Hold):
        return replace(standing, until=effect.until, since=effect.since or standing.since)
    if isinstance(effect, Suspend):
        return replace(standing, state=State.SUSPENDED if effect.suspended else State.IN_FORCE)
    if isinstance(effect, End) and not (effect.by_clock and standing.deprives_of_liberty):
        return replace(standing, state=State.ENDED, ended_at=mark.at, ended_how=effect.how)
    return standing
