"""The duties of the watch, run at every tick. Each claims rows that have come due; only the winner of a claim acts.

Every duty takes the instant and returns the number of rows it handled. Any number of watches may run a duty at once,
and each may be killed at any instruction: a claim and its effects are one transaction. A duty may raise any exception:
the loop puts it off and continues with the others; a row that fails is put aside before that (``watch.batch``).
"""

from datetime import datetime

from ecase.audit import sequencer
from ecase.audit.refusals import enter_refusals
from ecase.cases.resumable import forget_uploads
from ecase.outbox import relay
from workflows.motions.services.acting import forget_prepared
from workflows.watch.assignment import assign_appeals, assign_waiting, pass_on_calls
from workflows.watch.batch import Duty
from workflows.watch.copies import remind_of_copies, take_answers
from workflows.watch.faults import forget_faults
from workflows.watch.receivers import report_given_up
from workflows.watch.sanctions import (
    close_finished,
    deliver_decisions,
    expire_sanctions,
    send_up_appeals,
    warn_of_end,
)
from workflows.watch.signatures import fetch_evidence, renew_evidence, retry_signatures, show_signatures
from workflows.watch.terms import escalate, recount, remind, report_missed


def relay_messages(now: datetime) -> int:
    """Hand waiting outbox messages to the workers."""
    return relay.run_once(now)


def sequence_log(now: datetime) -> int:
    """Bring committed audit entries into the tree and sign its head."""
    return sequencer.run_once()


# The calendar first: a deadline moved by a new day off must not be reported as missed.
DUTIES: tuple[Duty, ...] = (
    recount,
    retry_signatures,
    show_signatures,
    report_missed,
    escalate,
    remind,
    warn_of_end,
    expire_sanctions,
    assign_waiting,
    pass_on_calls,
    relay_messages,
    report_given_up,
    take_answers,
    deliver_decisions,
    remind_of_copies,
    send_up_appeals,
    assign_appeals,
    close_finished,
    enter_refusals,
    sequence_log,
    fetch_evidence,
    renew_evidence,
    forget_prepared,
    forget_uploads,
    forget_faults,
)
