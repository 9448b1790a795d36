"""The topics of all messages that an organisation's system may get."""

from workflows.assignment.calling import CALLED, EXHAUSTED
from workflows.motions.states import ActType

ACTS = tuple(f"motion.{act.value}" for act in ActType)
DEADLINES = ("deadline.reminder", "deadline.missed", "deadline.escalated", "deadline.recomputed", "measure.lapsed")
SIGNATURES = ("signature.undecided", "signature.accepted", "signature.refused")
CALLS = (CALLED, EXHAUSTED)
TOPICS = (*ACTS, *DEADLINES, "sanction.ending", "copy.overdue", *SIGNATURES, *CALLS)
