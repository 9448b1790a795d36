"""Text searches: words in any order, normalised by one function of the database, ``ecase_fold`` (ADR 55).

Case, accents, dashes and the Kazakh letters make no difference, nor do Latin letters. The expressions of a case and of
its persons are indexed; officers are few.
"""

import re
import unicodedata

from django.db.models import Func, Q, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat
from django.db.models.lookups import Contains

from ecase.cases.latin import read_as_cyrillic

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
OFFICER_TEXT = Concat(
    _BLANK, Fold(Concat("surname", _BLANK, "given_name", _BLANK, "patronymic", output_field=_TEXT)), output_field=_TEXT
)
CASE_TEXT = Concat(_BLANK, Fold("number"), output_field=_TEXT)


def split_words(text: str) -> list[str]:
    """The words of ``text`` as typed, without those that have no letter or digit; at most :data:`MOST_WORDS`."""
    typed = _SEPARATORS.split(unicodedata.normalize("NFC", text))
    return [word for word in typed if any(letter.isalnum() for letter in word)][:MOST_WORDS]


def matches(text: Combinable, word: str) -> Q:
    """That ``text``, which is folded and begins with a blank, contains ``word``, also if typed in Latin letters.

    A single letter is an initial, and must begin a word.
    """
    is_initial = sum(letter.isalpha() for letter in word) == len(word) == 1
    found = Q()
    for spelt in (word, *read_as_cyrillic(word)):
        folded = Fold(Value(spelt))
        found |= Q(Contains(text, Concat(_BLANK, folded) if is_initial else folded))
    return found
