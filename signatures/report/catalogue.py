"""Translations by gettext: ``signatures/locale``, compiled by ``make messages``, also in the single-file verifier."""

import functools
import gettext
from importlib.resources import files

LANGUAGES = ("en", "ru", "kk")
DOMAIN = "signatures"


@functools.cache
def load_catalogue(language: str) -> gettext.NullTranslations:
    """The translations into a language of ``LANGUAGES``; what is not translated stays English.

    Read as a package resource, since inside an archive there is no path to open.
    """
    path = files("signatures").joinpath("locale", language, "LC_MESSAGES", f"{DOMAIN}.mo")
    try:
        with path.open("rb") as file:
            return gettext.GNUTranslations(file)
    except FileNotFoundError:
        return gettext.NullTranslations()
