"""A refused attempt leaves its trace: recorded after the rollback, so that the record survives what it records."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.db import transaction

from ecase.audit import services as audit
from ecase.audit.repeats import append_refusal
from ecase.officers.models import Post
from ecase.problems import Refused, Undecided
from workflows.motions.models import Motion

P = ParamSpec("P")
R = TypeVar("R")


def record(motion: Motion, post: Post, what: str, refusal: Refused) -> None:
    """Write the refused attempt into the audit log, in a chain of the officer's own: others do not learn of it."""
    append_refusal(
        "act.refused",
        chain=audit.own_chain(post.officer_id, motion.pk),
        actor=post.as_actor(),
        subject={"motion": str(motion.pk)},
        data={"act": what, "why": refusal.slug, "codes": sorted({problem.code for problem in refusal.problems})},
    )


@contextmanager
def recording(motion: Motion, post: Post, what: str) -> Iterator[None]:
    """What is refused inside the block is recorded after it; the block rolls back what it did itself."""
    try:
        yield
    except Undecided:
        # Nothing has been refused.
        raise
    except Refused as refusal:
        record(motion, post, what, refusal)
        raise


def recorded(
    function: Callable[Concatenate[Motion, str, Post, P], R],
) -> Callable[Concatenate[Motion, str, Post, P], R]:
    """Run ``function`` in one transaction; a refusal rolls it back, is recorded and raised again."""

    def guarded(motion: Motion, what: str, post: Post, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with recording(motion, post, what), transaction.atomic():
            return function(motion, what, post, *args, **kwargs)

    return wraps(function)(guarded)
