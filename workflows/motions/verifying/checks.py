"""The check of all motions for ``manage.py audit verify``."""

from collections.abc import Callable, Iterator

from ecase.audit.derivation import RowFault, Tally
from workflows.motions.verifying import acts, clocks, readers
from workflows.motions.verifying.wholes import Whole, every

Part = Callable[[Whole, Tally], Iterator[RowFault]]
PARTS: tuple[Part, ...] = (
    acts.of_acts,
    acts.of_the_row,
    clocks.of_deadlines,
    readers.of_copies,
    readers.of_openings,
    readers.of_admissions,
    readers.of_attachments,
    readers.of_draws,
    readers.of_prepared,
)


def motions(tally: Tally) -> Iterator[RowFault]:
    """Every row of every motion that differs from acts and log; memory holds one motion at a time."""
    for whole in every():
        for part in PARTS:
            yield from part(whole, tally)
