"""Translations by gettext: ``signatures/locale``, compiled by ``make messages``, also in the single-file verifier."""

import functools
import gettext
from importlib.resources import files

LANGUAGES = ("en", "ru", "kk")
DOMAIN = "signatures"


def translated(text: str, language: str) -> str:
    """The text in a language of ``LANGUAGES``; English if there is no translation."""
    return _catalogue(language).gettext(text)


@functools.cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """Read as a package resource, since inside an archive there is no path to open."""
    path = files("signatures").joinpath("locale", language, "LC_MESSAGES", f"{DOMAIN}.mo")
    try:
        with path.open("rb") as file:
            return gettext.GNUTranslations(file)
    except FileNotFoundError:
        return gettext.NullTranslations()
