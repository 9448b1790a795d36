"""Faults of signatures in the reader's language."""

from django.utils.functional import lazy
from django.utils.translation import get_language

from signatures.report.catalogue import LANGUAGES
from signatures.report.faults import Fault


def reader_language() -> str:
    """The active language, as ``signatures`` names it."""
    language = (get_language() or "kk")[:2]
    return language if language in LANGUAGES else "en"


def sentence(fault: Fault) -> str:
    """The fault in the active language."""
    return fault.sentence(reader_language())


# Lazy form, translated when it is rendered.
lazy_sentence = lazy(sentence, str)
