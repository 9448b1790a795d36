"""Text searches: words in any order, normalised by one function of the database, ``ecase_fold`` (ADR 55).

Case, accents, dashes and the Kazakh letters make no difference. The expressions below are indexed.
"""

import re
import unicodedata

from django.db.models import Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat

MOST_WORDS = 10
_SEPARATORS = re.compile(r"[\s.,;:()\"«»/|]+")


class Fold(Func):
    """A text normalised for searching."""

    function = "ecase_fold"
    output_field = TextField()


_TEXT = TextField()
_BLANK = Value(" ", _TEXT)
_PERSON = Concat("surname", _BLANK, "given_name", _BLANK, "patronymic", _BLANK, "iin", output_field=_TEXT)
# Every word follows a blank, so that an initial is found at the beginning of one.
PERSON_TEXT = Concat(_BLANK, Fold(_PERSON), output_field=_TEXT)
CASE_TEXT = Concat(_BLANK, Fold("number"), output_field=_TEXT)


def split_words(text: str) -> list[str]:
    """The words of ``text`` as typed, without those that have no letter or digit; at most :data:`MOST_WORDS`."""
    typed = _SEPARATORS.split(unicodedata.normalize("NFC", text))
    return [word for word in typed if any(letter.isalnum() for letter in word)][:MOST_WORDS]


def searched_part(word: str) -> Combinable:
    """The substring that ``word`` matches: a single letter is an initial, and must begin a word."""
    folded = Fold(Value(word))
    return Concat(_BLANK, folded) if sum(letter.isalpha() for letter in word) == len(word) == 1 else folded
