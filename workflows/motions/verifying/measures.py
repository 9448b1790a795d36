"""Compares the register of measures with a replay of the acts."""

from collections.abc import Iterator
from typing import Any

from ecase.audit.derivation import MISSING, UNFOUNDED, RowFault, Tally, differences
from ecase.cases.integrity import RowAltered
from ecase.instants import format_optional_instant
from workflows.measures.models import Measure
from workflows.measures.register import Standing
from workflows.motions.models import Motion
from workflows.motions.rules import measures
from workflows.motions.verifying.motions import MotionRecord

MEASURE = Measure._meta.db_table


def check_measures(record: MotionRecord, tally: Tally) -> Iterator[RowFault]:
    """Measures that are missing, that no act began, or that differ from what the acts say."""
    rows = {row.begun_by_id: row for row in record.rows["measures"]}
    applies = record.motion is not None and record.was_filed and measures.applies_measures(record.motion)
    expected = {standing.begun_by: standing for standing in _replayed(record.motion)} if applies else {}
    for begun_by, row in rows.items():
        tally.count(MEASURE)
        standing = expected.pop(begun_by, None)
        if standing is None:
            yield RowFault(UNFOUNDED, MEASURE, str(row.pk))
        else:
            yield from differences(MEASURE, row.pk, _columns(row.standing), _columns(standing))
    yield from (RowFault(MISSING, MEASURE, f"motion={record.id} act={begun_by}") for begun_by in expected)


def _replayed(motion: Motion | None) -> list[Standing]:
    """None for acts that cannot be read, which are reported themselves."""
    if motion is None or motion.subject_id is None:
        return []
    try:
        history = measures.replay(motion, measures.acts_concerning(motion))
    except (KeyError, TypeError, ValueError, RowAltered):
        return []
    return history[-1][1] if history else []


def _columns(standing: Standing) -> dict[str, Any]:
    instants = {name: format_optional_instant(getattr(standing, name)) for name in ("since", "until", "ended_at")}
    acts = {name: str(getattr(standing, name)) for name in ("begun_by", "changed_by")}
    return {"key": standing.key, "state": str(standing.state), "ended_how": str(standing.ended_how), **instants, **acts}
