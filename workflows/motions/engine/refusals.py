"""Logs refused attempts, after the rollback, so that the record survives."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import Concatenate, ParamSpec, TypeVar

from ecase.audit import services as audit
from ecase.audit.refusals import append_refusal
from ecase.officers.models import Post
from ecase.problems import Refused, Undecided
from ecase.transactions import after_rollback, undone_on_refusal
from workflows.motions.models import Motion

P = ParamSpec("P")
R = TypeVar("R")


def record(motion: Motion, post: Post, what: str, refusal: Refused) -> None:
    """Log the refused attempt in a chain of the officer's own, which is hidden from other officers."""
    append_refusal(
        "act.refused",
        chain=audit.own_chain(post.officer_id, motion.pk),
        actor=post.as_actor(),
        subject={"motion": str(motion.pk)},
        data={"act": what, "why": refusal.slug, "codes": sorted({problem.code for problem in refusal.problems})},
    )


@contextmanager
def recording(motion: Motion, post: Post, what: str) -> Iterator[None]:
    """Logs what is refused inside the block, after the rollback."""
    try:
        yield
    except Undecided:
        # No refusal.
        raise
    except Refused as refusal:
        after_rollback(partial(record, motion, post, what, refusal))
        raise


def recorded(
    function: Callable[Concatenate[Motion, str, Post, P], R],
) -> Callable[Concatenate[Motion, str, Post, P], R]:
    """Run ``function`` in one transaction; a refusal rolls it back, is recorded and raised again."""

    def guarded(motion: Motion, what: str, post: Post, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with recording(motion, post, what), undone_on_refusal():
            return function(motion, what, post, *args, **kwargs)

    return wraps(function)(guarded)
