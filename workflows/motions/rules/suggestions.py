"""What acts ask about suggestions for a decision, which a room above makes: a port, filled when the service starts.

Without it every suggestion that a decision names is refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ecase.problems import Problem
from workflows.motions.models import Motion
from workflows.motions.rules.payloads import OUTCOME, SUGGESTION
from workflows.papers.facts import SuggestionUse

Payload = Mapping[str, Any]
FIELD = f"payload.{SUGGESTION}"


class Suggestions(Protocol):
    """What the room that makes suggestions answers."""

    def is_for(self, suggestion: str, motion: UUID, judge: UUID, outcome: str) -> bool:
        """Whether it was made for this motion, this judge (an officer) and this outcome."""

    def unconfirmed(self, suggestion: str, payload: Payload) -> Sequence[str]:
        """The sentences of it in the decision that the judge has yet to confirm or remove."""

    def use_in(self, motion: Motion, judge: UUID, payload: Payload) -> SuggestionUse | None:
        """The suggestion that the text of a decision was made from, and how much of it; None for none."""


# Empty, or the one that answers.
_port: list[Suggestions] = []


def fill_port(suggestions: Suggestions) -> None:
    """Let this room answer from now on. Called in ``AppConfig.ready``."""
    _port[:] = [suggestions]


def faults_of(motion: Motion, payload: Payload) -> Iterator[Problem]:
    """What is wrong with the suggestion that a decision names: it is of the judge, the motion and the outcome."""
    named = payload.get(SUGGESTION)
    if not named:
        return
    if not (_port and motion.judge_id and _port[0].is_for(named, motion.pk, motion.judge_id, payload.get(OUTCOME, ""))):
        message = _("This suggestion was not made for you, this motion and this outcome. Name another one, or none.")
        yield Problem("suggestion", message, FIELD)
    elif sentences := _port[0].unconfirmed(named, payload):
        message = _("Confirm or remove each marked sentence of the suggestion first.")
        yield Problem("suggestion-unconfirmed", message, FIELD, {"sentences": list(sentences)})


def find_use(motion: Motion, payload: Payload) -> SuggestionUse | None:
    """The suggestion that the text of a decision was made from; None for none."""
    return _port[0].use_in(motion, motion.judge_id, payload) if _port and motion.judge_id else None
