"""Messages about missing things: a sentence for the client, and the detail for the operator's log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.utils.functional import Promise

from ecase import outages


class Lacking(Exception):
    """Something that the service needs is missing. ``detail`` goes to the log only: it may name paths and hosts."""

    def __init__(self, why: str | Promise, detail: str = "") -> None:
        super().__init__(detail)
        self.why, self.detail = why, detail or str(why)


@contextmanager
def lacking(why: str | Promise, *faults: type[Exception]) -> Iterator[None]:
    """Convert any of ``faults`` inside the block into :class:`Lacking`."""
    try:
        yield
    except faults as fault:
        raise Lacking(why, outages.first_line(fault)) from fault


Check = Callable[[], None]


def check_call(call: Callable[[], object], why: str | Promise, *faults: type[Exception]) -> Check:
    """A check that ``call`` raises none of ``faults``."""

    def check() -> None:
        with lacking(why, *faults):
            call()

    return check
