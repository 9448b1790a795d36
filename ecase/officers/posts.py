"""The posts that an officer holds."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Officer, Organisation, Post, PostQuerySet
from ecase.problems import Problem

NO_CURRENT_POST = Problem("no-current-post", _("You hold no post in this service at present."))
INACTIVE = Problem("officer-inactive", _("Your access has been ended. Ask your administrator."))


def current(at: datetime | None = None) -> PostQuerySet:
    """Every post that is held at ``at`` (by default now), with its officer and organisation in the same query."""
    return Post.objects.current(at).select_related("officer", "organisation")


def of(officer: Officer, at: datetime | None = None) -> PostQuerySet:
    """The posts that ``officer`` holds at ``at``, by default now, the longest held first."""
    return current(at).filter(officer=officer).order_by("valid_from", "pk")


def why_lost(post: Post) -> Problem:
    """The reason why a post that is not current gives no access."""
    return NO_CURRENT_POST if post.officer.active else INACTIVE


def holding(role: str, organisation: Organisation, at: datetime | None = None) -> PostQuerySet:
    """The posts of ``role`` in ``organisation`` at ``at``, by default now."""
    return current(at).filter(role=role, organisation=organisation).order_by("officer__sort_key", "pk")
