"""Appellants: who may withdraw an appeal, which standing appeals a form offers, and how each is named.

Only the officer who made an appeal may withdraw it, except for counsel: the appeal is the client's, so other counsel of
all those for whom it may have been made may withdraw it too. A clerk withdraws what he registered himself.
"""

from typing import TYPE_CHECKING

from django.utils import timezone, translation
from django.utils.formats import date_format

from ecase.officers.models import Post, Role
from workflows.motions.rules import appeals, defence
from workflows.motions.rules.appeals import Fate
from workflows.motions.states import ActType
from workflows.statute.schema import Choice, Text

if TYPE_CHECKING:
    from workflows.motions.models import Act, Motion

LATE, NOT_RESTORED = frozenset({Fate.LATE}), frozenset({Fate.NOT_RESTORED})
WHEN = "d.m.Y H:i"


def appeals_with(motion: "Motion", fates: frozenset[Fate], post: Post | None = None) -> list["Act"]:
    """The appeals with one of ``fates``, the oldest first; with ``post`` only those that are its own to withdraw."""
    ids = appeals.count_appeals(motion).with_fates(fates)
    if not ids:
        return []
    found = motion.acts.filter(pk__in=ids).select_related("author__officer", "author__organisation")
    made = found.defer("act_json", "cms", "report").order_by("position")
    return [act for act in made if post is None or may_withdraw(motion, act, post)]


def may_withdraw(motion: "Motion", appeal: "Act", post: Post) -> bool:
    """Whether the appeal is the officer's, in the role of ``post``, or that of a client of his."""
    author = appeal.author
    if author is None or author.role != post.role:
        return False
    if post.role != Role.DEFENDER:
        return author.officer_id == post.officer_id and author.organisation_id == post.organisation_id
    if author.officer_id == post.officer_id:
        return True
    # All for whom the author may have appealed have to be clients of ``post``: it may speak for no others.
    made_for = defence.clients(motion, author.officer_id).keys()
    return bool(made_for) and made_for <= defence.clients(motion, post.officer_id).keys()


def choices(motion: "Motion", act_type: ActType, post: Post | None) -> tuple[Choice, ...]:
    """The appeals that an act may name, with appellant and date: for ``post``; for None, every appeal ever made."""
    if post is None:
        named = appeals_with(motion, frozenset(Fate))
    elif act_type == ActType.APPEAL_WITHDRAWAL:
        named = appeals_with(motion, appeals.STANDING, post)
    else:
        named = appeals_with(motion, LATE)
    return tuple(Choice(key=str(act.pk), label=_label(motion, act)) for act in named)


def _label(motion: "Motion", appeal: "Act") -> Text:
    """Capacity of the appellant, author and instant: ``defender: Name, Organisation, 30.11.2026 14:20``."""
    field = motion.kind_entry.form_for(ActType.APPEAL).field("appellant")
    capacity = field.label_of(str(appeal.payload.get("appellant"))) if field else None
    labels = {}
    for language in ("kk", "ru", "en"):
        with translation.override(language):
            when = date_format(timezone.localtime(appeal.performed_at), WHEN)
        parts = (str(appeal.payload.get("appellant_name") or ""), appeal.author_in(language), when)
        label = ", ".join(part for part in parts if part)
        labels[language] = f"{capacity.in_(language)}: {label}" if capacity else label
    return Text(**labels)
