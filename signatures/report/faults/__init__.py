"""What is wrong, said in the reader's language.

The library names faults in English sentences: so they stand in reports that were kept years ago, and in records of
evidence. Here each sentence stands with its translations, what varies in it being ``{}``; what is read off a sentence
is said again in another language. A part of a sentence may be a sentence itself.
"""

import functools
import re
from dataclasses import dataclass

from signatures.report.faults import of_certificates, of_containers, of_evidence, of_signatures
from signatures.report.messages import LANGUAGES

TABLES = (of_signatures, of_certificates, of_evidence, of_containers)
# A longer text is some stranger's, and not worth the time.
LONGEST = 1000
_VARIABLE = "{}"


@dataclass(frozen=True)
class Sentence:
    """A fault in all languages of ``LANGUAGES``."""

    texts: tuple[str, ...]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, block: str) -> "Sentence":
        texts = tuple(block.split("\n"))
        parts = [re.escape(part) for part in texts[0].split(_VARIABLE)]
        return cls(texts, re.compile("(.+?)".join(parts), re.DOTALL))


@functools.cache
def sentences() -> tuple[Sentence, ...]:
    """All of them; those that say the most in words of their own first."""
    blocks = [block for table in TABLES for block in table.TEXT.strip("\n").split("\n\n")]
    return tuple(sorted(map(Sentence.of, blocks), key=lambda one: -len(one.texts[0].replace(_VARIABLE, ""))))


def said(fault: str, language: str) -> str:
    """A fault, or several joined by ``; ``, in a language; what is not known stays as it is."""
    place = LANGUAGES.index(language)
    if not place or not fault or len(fault) > LONGEST:
        return fault
    found = _whole(fault, language, place)
    return found if found is not None else _in_parts(fault, language)


def _whole(fault: str, language: str, place: int) -> str | None:
    for one in sentences():
        if match := one.pattern.fullmatch(fault):
            return one.texts[place].format(*(said(part, language) for part in match.groups()))
    return None


def _in_parts(fault: str, language: str) -> str:
    """Several faults, or one with a name before it."""
    for mark in ("; ", ": "):
        first, found, rest = fault.partition(mark)
        if found and first and rest:
            return said(first, language) + mark + said(rest, language)
    return fault
