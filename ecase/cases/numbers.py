"""The forms of numbers: a case's number in the register, a natural person's IIN and a legal person's BIN."""

import re
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from ecase.cases.models import Identity
from ecase.problems import Problem

_REGISTER = re.compile(r"[0-9]{15}\Z")
_TWELVE = re.compile(r"[0-9]{12}\Z")
_EXTERNAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,63}\Z")
_SPACES = re.compile(r"\s+")
_WEIGHTS = (tuple(range(1, 12)), (*range(3, 12), 1, 2))
# The fifth digit: of an IIN the tens of a day, of a BIN the kind of the legal person.
_DAYS, _BODIES = "0123", "456"
# The seventh digit of an IIN: sex and century of birth; 0 for foreigners.
_CENTURIES = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}


def tidy_number(text: str) -> str:
    """A number without the spaces by which people group its digits."""
    return _SPACES.sub("", text)


def register_problems(number: str) -> Iterator[Problem]:
    """The faults of a case's number in the Unified Register of Pre-trial Investigations: 15 digits."""
    if not _REGISTER.match(number):
        message = _("The number in the register has 15 digits, such as 26 2300 031 000011.")
        yield Problem("register-number", message, "number")


def control_digit(number: str) -> int:
    """The twelfth digit of an IIN or BIN that begins with these eleven digits; -1 if there is no such number."""
    for weights in _WEIGHTS:
        control = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False)) % 11
        if control < 10:  # noqa: PLR2004
            return control
    return -1


def identity_problems(form: str, number: str, *, checked: bool) -> Iterator[Problem]:
    """The faults of an IIN, or of a legal person's BIN, at field ``iin``; ``checked``: also of what it is made of."""
    if not _TWELVE.match(number):
        yield Problem("iin-form", _("An IIN or BIN has twelve digits."), "iin")
    elif checked and int(number[11]) != control_digit(number):
        yield Problem("iin-control", _("This number has a wrong check digit: look for a mistyped digit."), "iin")
    elif checked and form == Identity.Form.LEGAL and number[4] not in _BODIES:
        yield Problem("iin-not-a-bin", _("This is not the BIN of a legal person."), "iin")
    elif checked and form == Identity.Form.NATURAL and (number[4] not in _DAYS or not _has_date(number)):
        yield Problem("iin-not-of-a-person", _("This is not the IIN of a natural person."), "iin")


def external_problems(external_id: str) -> Iterator[Problem]:
    """The faults of an id in another system, which stands in addresses: it is never an IIN."""
    if external_id and (not _EXTERNAL.match(external_id) or _TWELVE.match(external_id)):
        message = _("Letters, digits and the signs . _ ~ - are expected, and no IIN.")
        yield Problem("external-id", message, "external_id")


def _has_date(iin: str) -> bool:
    """Whether an IIN begins with a day that exists; of the century that its seventh digit states."""
    century = _CENTURIES.get(iin[6], 2000)
    try:
        date(century + int(iin[:2]), int(iin[2:4]), int(iin[4:6]))
    except ValueError:
        return False
    return True
