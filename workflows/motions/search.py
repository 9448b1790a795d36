"""The search ``q`` of every list: each word matches a number, an IIN or a name, in any order and spelling.

Numbers are those of the court, of the appeal court and of the case. The database normalises stored and searched text by
one function, ``ecase_fold``: case, accents, dashes and the Kazakh letters make no difference (ADR 55).
"""

import re
import unicodedata
from typing import TypeVar

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat
from django.db.models.lookups import Contains

from ecase.officers.models import Post
from workflows.motions.models import Motion
from workflows.motions.persons import KNOW_ALL

Motions = TypeVar("Motions", bound=QuerySet[Motion])
MOST_WORDS = 10
_SEPARATORS = re.compile(r"[\s.,;:()\"«»/|]+")


class Fold(Func):
    """A text normalised for searching."""

    function = "ecase_fold"
    output_field = TextField()


def filter_mentioning(motions: Motions, text: str, post: Post) -> Motions:
    """Those of ``motions`` that mention every word of ``text``. None for a text without a letter or a digit.

    Officers who do not know all persons of a case find a motion only by persons that it names. Nobody finds protected
    persons.
    """
    words = split_words(text)
    if not words:
        return motions.none()
    found = motions.filter(*(Q(Contains(F("search"), _part(word))) for word in words))
    if post.role in KNOW_ALL:
        return found
    # The index has found them by the whole column; this checks each of them again.
    own = Func(F("search"), Value("|"), Value(1), function="split_part", output_field=TextField())
    return found.filter(*(Q(Contains(own, _part(word))) for word in words))


def filter_by_case_number(motions: Motions, text: str) -> Motions:
    """Those whose case number contains every word of ``text``, for motions on which no other search is allowed."""
    words = split_words(text)
    if not words:
        return motions.none()
    return motions.filter(*(Q(Contains(Fold(F("case__number")), Fold(Value(word)))) for word in words))


def split_words(text: str) -> list[str]:
    """The words of ``text`` as typed, without those that have no letter or digit; at most :data:`MOST_WORDS`."""
    typed = _SEPARATORS.split(unicodedata.normalize("NFC", text))
    return [word for word in typed if any(letter.isalnum() for letter in word)][:MOST_WORDS]


def _part(word: str) -> Combinable:
    """The substring that ``word`` matches: a single letter is an initial, and must begin a word."""
    folded = Fold(Value(word))
    return Concat(Value(" "), folded) if sum(letter.isalpha() for letter in word) == len(word) == 1 else folded
