"""Typed settings from the environment. Everything missing or wrong is reported at once, by name."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvValidationError, ValidationError
from marshmallow.validate import OneOf, Range

from ecase import formats
from ecase.embedded_addresses import database_url
from ecase.formats import Format
from ecase.limits.rates import Rate

# Read outside the settings: by the tests and by the single-file verifier.
_ELSEWHERE = frozenset({"ECASE_TEST_VAR", "ECASE_VERIFY_CACHE"})
_PREFIX = "ECASE_"


@dataclass
class Environment:
    """Typed access to environment variables, on environs.

    ``default=None`` means that the variable is required. A fault is kept, and a value of the type is returned in its
    place, so that :meth:`finish` can report all faults at once. Values that may hold a password are not repeated.
    """

    _base_dir: Path
    _env: Env = field(default_factory=lambda: Env(eager=False))
    _wanted: dict[str, str] = field(default_factory=dict)
    _refused: list[str] = field(default_factory=list)

    def refuse(self, fault: str) -> None:
        """Keep a fault as a sentence."""
        self._refused.append(fault)

    def finish(self) -> None:
        """Raise :class:`ImproperlyConfigured` with every fault, if there is any."""
        faults = []
        try:
            self._env.seal()
        except EnvValidationError as wrong:
            for name in wrong.error_messages:
                value = os.environ.get(name)
                repeated = f", not {value!r}" if value and "@" not in value else ""
                faults.append(f"{name} must be {'' if value else 'given: '}{self._wanted[name]}{repeated}")
        faults += self._refused
        if faults:
            raise ImproperlyConfigured("; ".join(faults))

    def unknown(self) -> list[str]:
        """Variables with ecase's prefix that no setting reads: probably misspelt."""
        read = {*self._wanted, *_ELSEWHERE}
        return sorted(name for name in os.environ if name.startswith(_PREFIX) and name not in read)

    def is_given(self, *names: str) -> bool:
        """Whether any of the variables has a value."""
        return any(os.environ.get(name) for name in names)

    def _read(self, kind: str, name: str, wanted: str, default: Any, **options: Any) -> Any:
        """The value; None if it is missing or wrong, which environs keeps until it is sealed."""
        self._wanted[name] = wanted
        given = {} if default is None else {"default": default}
        return getattr(self._env, kind)(name, **given, **options)

    def text(self, name: str, form: Format, default: str | None = None) -> str:
        """A text of the format; a required one must not be empty either."""
        check = _require(lambda text: form.fits(text) and (text or default is not None))
        return str(self._read("str", name, form.wanted, default, validate=check) or "")

    def texts(self, name: str, form: Format, default: Sequence[str] | None = None) -> list[str]:
        """Texts of the format, separated by commas; a required list must not be empty either."""
        check = _require(lambda texts: all(map(form.fits, texts)) and (texts or default is not None))
        return list(self._read("list", name, form.wanted, default, subcast=str.strip, validate=check) or [])

    def flag(self, name: str, *, default: bool) -> bool:
        return bool(self._read("bool", name, "true or false", default))

    def number(self, name: str, default: int, *, least: int = 1) -> int:
        """A whole number of at least ``least``."""
        read = self._read("int", name, f"a whole number of {least} or more", default, validate=Range(min=least))
        return least if read is None else int(read)

    def choice(self, name: str, choices: Sequence[str], default: str | None = None) -> str:
        """One of ``choices``; the first replaces a wrong value."""
        read = self._read("str", name, f"one of {', '.join(choices)}", default, validate=OneOf(choices))
        return next(iter(choices), "") if read is None else str(read)

    def path(self, name: str, form: Format, default: Path | None = None) -> Path:
        """The absolute path of a folder or file, which need not exist yet."""
        text = self.text(name, form, None if default is None else str(default))
        return Path(text or ".").resolve()

    def rate(self, name: str, default: str) -> Rate:
        """A rate limit, such as ``60/min``."""
        return Rate.parse(self.text(name, formats.RATE, default) or default)

    def seconds(self, name: str, default: Sequence[int]) -> list[int]:
        """Pauses in seconds: one or more whole numbers above 0."""
        wanted = "one or more whole numbers of seconds above 0, separated by commas"
        check = _require(lambda pauses: pauses and min(pauses) > 0)
        read = self._read("list", name, wanted, list(default), subcast=int, validate=check)
        return list(default) if read is None else list(read)

    def seconds_by_role(self, name: str, default: Mapping[str, int]) -> dict[str, int]:
        """Seconds for the named roles, as ``web=5,worker=60``; ``default`` for the others. 0 is no limit."""
        wanted = f"seconds by role, such as web=5,worker=60, of the roles {', '.join(default)}; 0 is no limit"
        pair_of_role = re.compile(rf"(?:{'|'.join(map(re.escape, default))})=[0-9]{{1,9}}")
        pairs = self.texts(name, Format(wanted, pair_of_role.fullmatch), ())
        given = {role: int(seconds) for role, _, seconds in (pair.partition("=") for pair in pairs)}
        return {**default, **given}

    def database(self, name: str) -> dict[str, Any]:
        """PostgreSQL settings for Django, with connections kept open between requests."""
        url = self.text(name, formats.POSTGRES, database_url(self._base_dir))
        config = self._read("dj_db_url", name, formats.POSTGRES.wanted, url) if url else {}
        return {**(config or {}), "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}


def _require(fits: Callable[[Any], Any]) -> Callable[[Any], None]:
    """A validator for environs: it raises. Its sentence is not shown, :meth:`Environment.finish` has its own."""

    def validate(value: Any) -> None:
        if not fits(value):
            raise ValidationError("does not fit")

    return validate
