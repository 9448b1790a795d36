"""Names typed in Latin letters, as passports (ICAO Doc 9303), foreign keyboards and Kazakh Latin alphabets have them.

The readings are in the letters that ``ecase_fold`` leaves of Cyrillic: without accents, Kazakh letters as Russian ones.
"""

import re
import unicodedata
from itertools import islice, product

MOST_READINGS = 12
# Longer spellings first; those with several readings list the likelier one first.
_READINGS = {
    "shch": ("щ",),
    "zh": ("ж",),
    "kh": ("х",),
    "gh": ("г",),
    "ts": ("ц",),
    "tz": ("ц",),
    "ch": ("ч",),
    "sh": ("ш",),
    "ya": ("я", "ыа"),
    "ia": ("я", "иа"),
    "yu": ("ю", "иу"),
    "iu": ("ю", "иу"),
    "yo": ("е",),
    "ye": ("е",),
    "ng": ("н", "нг"),
    "ş": ("ш",),
    "ç": ("ч",),
    "ğ": ("г",),
    "ñ": ("н",),
    "ı": ("ы",),
    "y": ("ы", "и"),
    "e": ("е", "э"),
    "j": ("ж", "дж"),
    "w": ("у", "в"),
    "x": ("х", "кс"),
    "c": ("ц", "к"),
    **dict(zip("abdfghiklmnopqrstuvz", zip("абдфгхиклмнопкрстувз", strict=True), strict=True)),
}
_PARTS = re.compile("|".join(sorted(_READINGS, key=len, reverse=True)))
_LATIN = re.compile(r"[a-zşçğñı]+\Z")


def read_as_cyrillic(word: str) -> list[str]:
    """How ``word`` may be spelt in Cyrillic letters, at most :data:`MOST_READINGS`; empty if it is not all Latin."""
    kept = "".join(letter if letter in "şçğñı" else unicodedata.normalize("NFD", letter)[0] for letter in word.lower())
    if not _LATIN.match(kept):
        return []
    parts = [_READINGS[part] for part in _PARTS.findall(kept)]
    return ["".join(read) for read in islice(product(*parts), MOST_READINGS)]
