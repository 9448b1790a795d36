"""Writes into the register what an act does to a motion's measures, inside the transaction of that act."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from workflows.measures import register
from workflows.measures.models import Measure, MeasureChange
from workflows.measures.register import Effect, Mark, Standing

# What an act may change of a measure.
_CHANGED = ("since", "until", "state", "changed_by", "ended_at", "ended_how")


def follow(motion: UUID, person: UUID, effects: Sequence[Effect], mark: Mark, *, is_first: bool = False) -> None:
    """Change the measures of a motion as the act says: one statement reads, two write a measure that differs.

    ``is_first``: no earlier act can have begun a measure, so that none is read. The motion is locked by the caller.
    """
    rows = (
        []
        if is_first
        else list(Measure.objects.select_for_update(of=("self",)).filter(motion=motion).order_by(*OLDEST))
    )
    before = [row.standing for row in rows]
    after = register.take(before, effects, mark)
    for number, standing in enumerate(after):
        known = before[number] if number < len(before) else None
        if standing != known:
            _write(rows[number] if known else Measure(motion_id=motion, person_id=person), known, standing, mark)


# A measure that another one replaces was begun before it.
OLDEST = ("begun_by__position", "id")


def columns_of(standing: Standing) -> dict[str, Any]:
    """The columns of a row that states this."""
    columns = asdict(standing)
    acts = {f"{name}_id": columns.pop(name) for name in ("begun_by", "changed_by")}
    return {**columns, **acts}


def change_columns(known: Standing | None, standing: Standing, mark: Mark) -> dict[str, Any]:
    """The columns of the line of the history that goes with a change; ``known`` is None for a new measure."""
    what = register.describe_change(known, standing)
    return {"act_id": mark.act, "what": what, "since": standing.since, "until": standing.until, "at": mark.at}


def _write(measure: Measure, known: Standing | None, standing: Standing, mark: Mark) -> None:
    for name, value in columns_of(standing).items():
        setattr(measure, name, value)
    if known is None:
        measure.save(force_insert=True)
    else:
        measure.save(update_fields=_CHANGED)
    MeasureChange(measure=measure, **change_columns(known, standing, mark)).save(force_insert=True)
