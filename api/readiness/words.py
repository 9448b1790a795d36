"""What is said of a thing that is lacking: a sentence for whoever asks, and the detail for the operator's log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.utils.functional import Promise

from ecase import outages


class Lacking(Exception):
    """Something that the service needs is not there. ``detail`` goes to the log alone: it may name paths and hosts."""

    def __init__(self, why: str | Promise, detail: str = "") -> None:
        super().__init__(detail)
        self.why, self.detail = why, detail or str(why)


@contextmanager
def lacking(why: str | Promise, *faults: type[Exception]) -> Iterator[None]:
    """Any of ``faults`` inside the block means that the thing is lacking."""
    try:
        yield
    except faults as fault:
        raise Lacking(why, outages.first_line(fault)) from fault


Check = Callable[[], None]
