"""Which suggestions a decision was made from, and how much of each was kept; it fills the port of motions."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from workflows.drafting.differences import count_kept
from workflows.drafting.models import Suggestion
from workflows.motions.models import Motion
from workflows.motions.rules.payloads import OUTCOME, SUGGESTION
from workflows.papers.facts import SuggestionUse
from workflows.statute.schema import Kind

WRITTEN = ("text", "long_text")
# A text that keeps so much of a suggestion's own words, but does not name it, was made from it all the same.
UNNAMED_USE = 0.5
Payload = Mapping[str, Any]


class DraftedSuggestions:
    """The answers of this room to ``motions.rules.suggestions``."""

    def is_for(self, suggestion: str, motion: UUID, judge: UUID, outcome: str) -> bool:
        """Whether it was made for this motion, this judge (an officer) and this outcome."""
        return any(shown.outcome == outcome for shown in shown_to(motion, judge) if str(shown.pk) == suggestion)

    def unconfirmed(self, suggestion: str, payload: Payload) -> Sequence[str]:
        """None: a template states nothing that the motion, the acts or the catalogue do not state."""
        return ()

    def use_in(self, motion: Motion, judge: UUID, payload: Payload) -> SuggestionUse | None:
        """The suggestion that the decision names; else the one of which it keeps most, if that is no coincidence."""
        text = written_text(motion.kind_entry, payload)
        found = [(count_kept(shown.pieces, text).share, shown) for shown in shown_to(motion.pk, judge)]
        named = [use for use in found if str(use[1].pk) == payload.get(SUGGESTION)]
        most = [use for use in found if use[0] >= UNNAMED_USE]
        for share, shown in named or sorted(most, key=lambda use: -use[0])[:1]:
            return SuggestionUse(f"{shown.engine} {shown.template_version}", str(shown.pk), share)
        return None


def shown_to(motion: UUID, judge: UUID | None) -> "QuerySet[Suggestion]":
    """Every suggestion that was made for this judge (an officer) on the motion: made is shown."""
    return Suggestion.objects.filter(motion=motion, post__officer=judge)


def written_text(kind: Kind, payload: Payload) -> str:
    """All text that the judge wrote in a decision: the typed fields, one after another."""
    outcome = next((known for known in kind.outcomes if known.key == payload.get(OUTCOME)), None)
    form = kind.form_for(outcome.output, outcome.key) if outcome else None
    typed = (payload.get(field.key) for field in form.fields if field.type in WRITTEN) if form else ()
    return "\n\n".join(value for value in typed if isinstance(value, str))
