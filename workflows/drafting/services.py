"""The assistant's public interface: suggest a text, and compare a decision with those that were shown."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ecase.audit import services as audit
from ecase.officers.models import Post, Role
from ecase.problems import Conflict, Invalid, NotAllowed, Problem, Refused
from ecase.transactions import after_rollback, undone_on_refusal
from signatures.canonical import canonical
from workflows.drafting import uses
from workflows.drafting.differences import Kept, count_kept
from workflows.drafting.models import Suggestion
from workflows.drafting.suggestions import Composer
from workflows.motions import openings
from workflows.motions.models import Motion
from workflows.motions.rules.payloads import SUGGESTION
from workflows.motions.states import State

DECIDABLE = (State.ASSIGNED, State.HEARING)


def suggest(motion: Motion, post: Post, outcome: str) -> Suggestion:
    """A suggested text for the ``outcome`` that the judge has chosen; the same one until its inputs change.

    Raises :class:`NotAllowed` unless ``post`` is the judge who has the motion and has opened its materials,
    :class:`Conflict` if there is nothing left to decide, :class:`Invalid` for an outcome that the kind does not know.
    Success and refusal are in the audit log, visible to the judge and to auditors.
    """
    try:
        with undone_on_refusal():
            return _suggest(motion, post, outcome)
    except Refused as refusal:
        data = {"why": refusal.slug, "codes": sorted({problem.code for problem in refusal.problems})}
        after_rollback(partial(_log, "suggestion.refused", motion, post, {}, data))
        raise


def latest(motion: Motion, post: Post, outcome: str) -> Suggestion | None:
    """The last suggestion for ``outcome`` to this judge, or None."""
    return Suggestion.objects.filter(motion=motion, post=post, outcome=outcome).order_by("-created_at").first()


@dataclass(frozen=True)
class Comparison:
    """A suggestion that a judge was shown, and how much of it stands in a decision; ``is_named`` by the decision."""

    suggestion: Suggestion
    kept: Kept
    is_named: bool


def compare_decision(motion: Motion, post: Post, payload: Mapping[str, Any]) -> list[Comparison]:
    """The decision, compared with every suggestion that this judge was shown for the motion."""
    text, named = uses.written_text(motion.kind_entry, payload), payload.get(SUGGESTION)
    shown = uses.shown_to(motion.pk, post.officer_id)
    return [Comparison(each, count_kept(each.pieces, text), str(each.pk) == named) for each in shown]


def _suggest(motion: Motion, post: Post, outcome: str) -> Suggestion:
    _require_judge(motion, post)
    if motion.state not in DECIDABLE:
        raise Conflict(Problem("not-pending", _("This motion is not waiting for a decision."), "state"))
    if outcome not in {possible.key for possible in motion.kind_entry.outcomes}:
        raise Invalid(Problem("outcome", _("Choose one of the outcomes that the law knows."), "outcome"))
    composer = Composer(motion, outcome)
    paragraphs = composer.paragraphs()
    text = "\n\n".join(paragraph["text"] for paragraph in paragraphs if paragraph["part"] == "reasoning")
    suggestion, made = Suggestion.objects.get_or_create(
        motion=motion,
        post=post,
        outcome=outcome,
        template_version=composer.wording.version,
        inputs_sha256=hashlib.sha256(bytes(canonical(composer.inputs()))).hexdigest(),
        defaults={
            "language": composer.language,
            "label": composer.wording.data["label"],
            "paragraphs": paragraphs,
            "text": text,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
        },
    )
    if made:
        stated = ("outcome", "sha256", "inputs_sha256", "template_version")
        data = {name: getattr(suggestion, name) for name in stated}
        _log("suggestion.made", motion, post, {"suggestion": str(suggestion.pk)}, data)
    return suggestion


def _require_judge(motion: Motion, post: Post) -> None:
    faults = []
    has_motion = motion.judge_id == post.officer_id and motion.court_id == post.organisation_id
    if not settings.ECASE_ASSISTANT:
        faults.append(Problem("assistant-off", _("Suggestions are switched off.")))
    if not (has_motion and post.role == Role.JUDGE and post.is_current()):
        faults.append(Problem("not-your-motion", _("Only the judge who has the motion may ask for a suggestion.")))
    elif not openings.has_opened(motion, post):
        faults.append(Problem("not-opened", _("Open the materials first: a suggestion follows your own reading.")))
    if faults:
        raise NotAllowed(faults)


def _log(event: str, motion: Motion, post: Post, subject: dict[str, str], data: dict[str, Any]) -> None:
    """Append to the judge's own chain; in a transaction, as a refusal is logged after the rollback."""
    with transaction.atomic():
        audit.append(
            event,
            chain=audit.own_chain(post.officer_id, motion.pk),
            actor=post.as_actor(),
            subject={"motion": str(motion.pk), **subject},
            data=data,
        )
