"""Translations, by gettext: ``signatures/locale``, compiled by ``make messages`` and packed into the one file."""

import functools
import gettext
from importlib.resources import files

LANGUAGES = ("en", "ru", "kk")
DOMAIN = "signatures"


def translated(text: str, language: str) -> str:
    """The text in that language of ``LANGUAGES``; English where there is no translation."""
    return _catalogue(language).gettext(text)


@functools.cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """Read as a resource: inside an archive there is no path to open."""
    path = files("signatures").joinpath("locale", language, "LC_MESSAGES", f"{DOMAIN}.mo")
    try:
        with path.open("rb") as file:
            return gettext.GNUTranslations(file)
    except FileNotFoundError:
        return gettext.NullTranslations()
