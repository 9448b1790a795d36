"""The check of all motions for ``manage.py audit verify``."""

from collections.abc import Callable, Iterator

from ecase.audit.derivation import RowFault, Tally
from workflows.motions.verifying import acts, deadlines, records
from workflows.motions.verifying.motions import Whole, every

Part = Callable[[Whole, Tally], Iterator[RowFault]]
PARTS: tuple[Part, ...] = (
    acts.of_acts,
    acts.of_the_row,
    deadlines.of_deadlines,
    records.of_copies,
    records.of_openings,
    records.of_admissions,
    records.of_attachments,
    records.of_draws,
    records.of_prepared,
)


def motions(tally: Tally) -> Iterator[RowFault]:
    """Every row of every motion that differs from acts and log; memory holds one motion at a time."""
    for whole in every():
        for part in PARTS:
            yield from part(whole, tally)
