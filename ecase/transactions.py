"""One transaction for a request and all services that it calls, undone as a whole by a refusal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

from ecase.problems import Refused

Write = Callable[[], object]

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
