"""The check of all motions for ``manage.py audit verify``."""

from collections.abc import Callable, Iterator

from ecase.audit.derivation import RowFault, Tally
from workflows.motions.verifying import acts, deadlines, measures, records
from workflows.motions.verifying.motions import MotionRecord, read_motions

Part = Callable[[MotionRecord, Tally], Iterator[RowFault]]
PARTS: tuple[Part, ...] = (
    acts.check_acts,
    acts.check_row,
    deadlines.check_deadlines,
    records.check_copies,
    measures.check_measures,
    records.check_openings,
    records.check_admissions,
    records.check_attachments,
    records.check_draws,
    records.check_prepared,
)


def motions(tally: Tally) -> Iterator[RowFault]:
    """Every row of every motion that differs from acts and log; memory holds one motion at a time."""
    for record in read_motions():
        for part in PARTS:
            yield from part(record, tally)
