"""The register against the acts: whatever has happened, it says what a replay of the acts says."""

from workflows.measures.models import Measure
from workflows.measures.register import Standing
from workflows.measures.services import OLDEST
from workflows.motions.models import Motion
from workflows.motions.rules import measures


def replayed(motion: Motion) -> list[Standing]:
    """The measures of the motion after all acts that concern them."""
    history = measures.replay(motion, measures.acts_concerning(motion))
    return history[-1][1] if history else []


def require_register(motion: Motion) -> list[Measure]:
    """Require that the rows and their history follow from the acts; returns the rows, oldest first."""
    rows = list(motion.measures.order_by(*OLDEST))
    assert [row.standing for row in rows] == replayed(motion), motion.kind
    for row in rows:
        changes = list(row.changes.all())
        assert (changes[0].act_id, changes[0].what) == (row.begun_by_id, "begun")
        assert (changes[-1].act_id, changes[-1].since, changes[-1].until) == (row.changed_by_id, row.since, row.until)
        assert row.person_id == motion.subject_id
    return rows
