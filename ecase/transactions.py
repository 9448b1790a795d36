"""One transaction for a request and all services that it calls: undone whole by a refusal, written table by table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import transaction

from ecase.problems import Refused

Write = Callable[[], object]
Row = TypeVar("Row")

# What the outermost open block writes once it is over; ``None`` outside of a block.
_waiting: ContextVar[list[Write] | None] = ContextVar("waiting", default=None)


@contextmanager
def undone_on_refusal() -> Iterator[None]:
    """A transaction that :class:`Refused`, like any exception, rolls back. A block inside another one joins it.

    No savepoint is set for an inner block, so its refusal must leave the outermost one too. What is to survive the
    rollback is given to :func:`after_rollback`.
    """
    if _waiting.get() is not None:
        yield
        return
    writes = list[Write]()
    outside = _waiting.set(writes)
    refused: Refused | None = None
    try:
        with transaction.atomic():
            yield
    except Refused as refusal:
        refused = refusal
    finally:
        _waiting.reset(outside)
    for write in writes:
        write()
    if refused:
        raise refused


def after_rollback(write: Write) -> None:
    """Call ``write`` once the outermost :func:`undone_on_refusal` block is over; at once outside of one.

    For records of a refusal. Another exception than a refusal discards them together with all other changes.
    """
    waiting = _waiting.get()
    if waiting is None:
        write()
    else:
        waiting.append(write)


# What the open block writes at its end: rows by the function that writes them; ``None`` outside of a block.
_collected: ContextVar[dict[Callable[[list[Any]], object], list[Any]] | None] = ContextVar("collected", default=None)


@contextmanager
def written_together() -> Iterator[None]:
    """Rows given to :func:`write_together` inside the block are written at its end, those of one kind by one call."""
    if _collected.get() is not None:
        yield
        return
    outside = _collected.set({})
    try:
        yield
        write_collected()
    finally:
        _collected.reset(outside)


def write_together(write: Callable[[list[Row]], object], row: Row) -> None:
    """Have ``write`` called with all rows that the open :func:`written_together` block collects for it.

    Outside of a block it is called at once. A row that is given again is written once, as it is then.
    """
    collected = _collected.get()
    if collected is None:
        write([row])
    elif not any(known is row for known in collected.setdefault(write, [])):
        collected[write].append(row)


def is_collecting() -> bool:
    """Whether a :func:`written_together` block is open."""
    return _collected.get() is not None


def write_collected() -> None:
    """Write what has been collected so far. Call it before reading such rows from the database."""
    collected = _collected.get()
    while collected:
        write = next(iter(collected))
        write(collected.pop(write))
