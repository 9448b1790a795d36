"""Domain exceptions and their problem details: every problem at once, each at its field, in the reader's language.

A rule that is not met raises :class:`Refused` with one :class:`Problem` per fault. The REST API renders it as
``application/problem+json`` (RFC 9457), the portal as an error summary; neither adds a rule of its own.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Problem:
    """One fault.

    ``code`` is stable and meant for machines, ``message`` is a sentence for people (lazily translated), ``field`` is a
    dotted path into the input (``payload.grounds``, ``cms``) or empty when the fault is of the whole.
    """

    code: str
    message: str | Promise
    field: str = ""
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form, all texts in the active language."""
        entry = {"code": self.code, "field": self.field, "message": str(self.message)}
        params = {name: str(value) if isinstance(value, Promise) else value for name, value in self.params.items()}
        return {**entry, "params": params} if params else entry


class Refused(Exception):
    """The service refuses the request. Nothing has been changed."""

    slug: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    title: ClassVar[str | Promise] = _("The request was refused")

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("; ".join(f"{p.field or '-'}: {p.code}" for p in self.problems))


class Invalid(Refused):
    """The input is incomplete or inconsistent."""

    slug, status, title = "invalid", 422, _("Some of the information is missing or wrong")


class NotAllowed(Refused):
    """This officer, in this post, may not do this."""

    slug, status, title = "not-allowed", 403, _("You may not do this")


class Conflict(Refused):
    """The motion is not, or no longer, in a state that allows this."""

    slug, status, title = "conflict", 409, _("The motion has moved on")


class Taken(Conflict):
    """What would be made exists already."""

    title = _("This exists already")


class Stale(Refused):
    """The caller saw an older revision than the one that is stored (RFC 9110, 13.1.1)."""

    slug, status, title = "stale", 412, _("Somebody changed this in the meantime")


class Expired(Refused):
    """A prepared act or challenge can no longer be signed."""

    slug, status, title = "expired", 410, _("The time to sign has run out")


class SignatureRefused(Refused):
    """The signature is not valid: the problems state the indication of EN 319 102-1."""

    slug, status, title = "signature-refused", 422, _("The signature was not accepted")


class Undecided(Refused):
    """The signature has been received, but cannot be verified yet: neither accepted nor refused.

    It waits, and is verified again without the signer; the problems state what is missing.
    """

    slug, status, title = "signature-undecided", 202, _("The signature waits to be verified")
    headers: Mapping[str, str] = MappingProxyType({})


class TryLater(Refused):
    """Something that is needed is temporarily unavailable; the same request will succeed later."""

    slug, status, title = "try-later", 503, _("Not possible at this moment")
    headers: Mapping[str, str] = MappingProxyType({"Retry-After": "5"})


class TooMany(Refused):
    """The client has exceeded a rate limit. ``headers`` state when it may try again (RFC 6585, 4)."""

    slug, status, title = "too-many-requests", 429, _("Too many requests")

    def __init__(self, problems: Problem | Iterable[Problem], headers: Mapping[str, str]) -> None:
        super().__init__(problems)
        self.headers = dict(headers)
