"""Typed settings from the environment. Everything missing or wrong is reported at once, by name."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvValidationError, ValidationError
from marshmallow.validate import OneOf, Range

from ecase.embedded_addresses import broker_url, database_url
from ecase.limits.rates import Rate

# Read outside the settings: by the tests and by the single-file verifier.
_ELSEWHERE = frozenset({"ECASE_TEST_VAR", "ECASE_VERIFY_CACHE"})
_PREFIX = "ECASE_"
_NAME = re.compile(r"[!-*,-~]+")
_HOST = re.compile(r"\*|\.?[\w.:-]+|\[[0-9A-Fa-f:.]+\]")
_OID = re.compile(r"[0-9]+(\.[0-9]+)+")


class Environment:
    """Typed access to environment variables, on environs.

    ``default=None`` means that the variable is required. A fault is kept, and a value of the type is returned in its
    place, so that :meth:`finish` can report all faults at once. Values that may hold a password are not repeated.
    """

    def __init__(self, base_dir: Path) -> None:
        self._env = Env(eager=False)
        self._base_dir = base_dir
        self._wanted: dict[str, str] = {}
        self._refused: list[str] = []

    def refuse(self, fault: str) -> None:
        """Keep a fault as a sentence."""
        self._refused.append(fault)

    def finish(self) -> None:
        """Raise :class:`ImproperlyConfigured` with every fault, if there is any."""
        faults = self._refused
        try:
            self._env.seal()
        except EnvValidationError as wrong:
            faults = [*(self._explain(name) for name in wrong.error_messages), *faults]
        if faults:
            raise ImproperlyConfigured("; ".join(faults))

    def _explain(self, name: str) -> str:
        value, wanted = os.environ.get(name), self._wanted[name]
        if not value:
            return f"{name} must be given: {wanted}"
        return f"{name} must be {wanted}" + ("" if "@" in value else f", not {value!r}")

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

    def _text(self, name: str, wanted: str, default: str | None, fits: Callable[[str], Any]) -> str:
        """A text that passes the check; a required one must not be empty either."""
        is_required = default is None
        check = _require(lambda text: fits(text) and (text or not is_required))
        return str(self._read("str", name, wanted, default, validate=check) or "")

    def _texts(
        self,
        name: str,
        wanted: str,
        default: Sequence[str] | None,
        fits: Callable[[str], Any],
    ) -> list[str]:
        is_required = default is None
        check = _require(lambda texts: all(map(fits, texts)) and (texts or not is_required))
        return list(self._read("list", name, wanted, default, subcast=str.strip, validate=check) or [])

    # -- plain values -------------------------------------------------------------------------------------------------

    def text(self, name: str, default: str | None = None) -> str:
        return self._text(name, "a text", default, _anything)

    def name(self, name: str, default: str | None = None) -> str:
        """A name used in signed notes and in HTTP headers."""
        return self._text(name, "letters, digits and marks of ASCII without + and spaces", default, _NAME.fullmatch)

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

    def rate(self, name: str, default: str) -> Rate:
        """A rate limit, such as ``60/min``."""
        wanted = "a rate such as 60/min, by s, min, hour or day"
        return Rate.parse(self._text(name, wanted, default, _is_rate) or default)

    # -- several values, separated by commas --------------------------------------------------------------------------

    def choices(self, name: str, choices: Sequence[str], default: Sequence[str]) -> list[str]:
        """A subset of ``choices``."""
        return self._texts(name, f"some of {', '.join(choices)}, separated by commas", default, choices.__contains__)

    def hosts(self, name: str, default: Sequence[str] | None = None) -> list[str]:
        return self._texts(name, "names of hosts, separated by commas", default, _HOST.fullmatch)

    def oids(self, name: str, default: Sequence[str]) -> list[str]:
        return self._texts(name, "object identifiers such as 1.2.3, separated by commas", default, _OID.fullmatch)

    def urls(self, name: str) -> list[str]:
        return self._texts(name, "http or https addresses, separated by commas", (), _is_web_address)

    def url_groups(self, name: str) -> list[list[str]]:
        """Groups of addresses: commas between the groups, vertical bars inside."""
        wanted = "http or https addresses, separated by commas, those of one list by |"
        groups = self._texts(name, wanted, (), lambda group: all(map(_is_web_address, group.split("|"))))
        return [group.split("|") for group in groups]

    def seconds(self, name: str, default: Sequence[int]) -> list[int]:
        """Pauses in seconds: one or more whole numbers above 0."""
        wanted = "one or more whole numbers of seconds above 0, separated by commas"
        read = self._read("list", name, wanted, list(default), subcast=int, validate=_are_pauses)
        return list(default) if read is None else list(read)

    def seconds_by_role(self, name: str, default: Mapping[str, int]) -> dict[str, int]:
        """Seconds for the named roles, as ``web=5,worker=60``; ``default`` for the others. 0 is no limit."""
        wanted = f"seconds by role, such as web=5,worker=60, of the roles {', '.join(default)}; 0 is no limit"
        pairs = self._texts(name, wanted, (), lambda pair: _is_seconds_of_role(pair, default))
        given = {role: int(seconds) for role, _, seconds in (pair.partition("=") for pair in pairs)}
        return {**default, **given}

    # -- paths --------------------------------------------------------------------------------------------------------

    def folder(self, name: str, default: Path | None = None) -> Path:
        """A folder, which need not exist yet."""
        return self._path(name, "a folder, or a place where one can be made", default, _can_be_folder)

    def file(self, name: str, default: Path | None = None) -> Path:
        """A file, which need not exist yet."""
        return self._path(name, "a file in a folder", default, _can_be_file)

    def _path(self, name: str, wanted: str, default: Path | None, fits: Callable[[str], Any]) -> Path:
        text = self._text(name, wanted, None if default is None else str(default), fits)
        return Path(text or ".").resolve()

    def url(self, name: str, default: str | None = None) -> str:
        return self._text(name, "an http or https address", default, _is_web_address).rstrip("/")

    def signer(self, name: str, default: str, *, in_page: bool) -> str:
        """The WebSocket of a signer; with "pkcs12:", where ``in_page`` allows it, the page opens key files itself."""
        wanted = "a ws or wss address, or pkcs12: in the demo"
        return self._text(name, wanted, default, lambda text: _is_socket(text) or (in_page and text == "pkcs12:"))

    def database(self, name: str) -> dict[str, Any]:
        """PostgreSQL settings for Django, with connections kept open between requests."""
        wanted = "a postgres:// address: ecase runs on PostgreSQL only"
        url = self._text(name, wanted, database_url(self._base_dir), _is_postgres)
        config = self._read("dj_db_url", name, wanted, url) if url else {}
        return {**(config or {}), "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}

    def broker(self, name: str) -> str:
        """The address of Celery's broker: RabbitMQ, Redis or Valkey."""
        wanted = "an amqp:// or redis:// address: other brokers lose tasks"
        return self._text(name, wanted, broker_url(self._base_dir), _is_broker)


# -- validation --------------------------------------------------------------------------------------------------------


def _require(fits: Callable[[Any], Any]) -> Callable[[Any], None]:
    """A validator for environs: it raises. Its sentence is not shown, ``_explain`` has its own."""

    def validate(value: Any) -> None:
        if not fits(value):
            raise ValidationError("does not fit")

    return validate


def _anything(_text: str) -> bool:
    return True


def _is_rate(text: str) -> bool:
    try:
        Rate.parse(text)
    except ValueError:
        return False
    return True


def _is_web_address(text: str) -> bool:
    return _is_address(text, ("http", "https"))


def _is_socket(text: str) -> bool:
    return _is_address(text, ("ws", "wss"))


def _is_address(text: str, schemes: tuple[str, ...]) -> bool:
    """Whether it is an address with a host, by one of the schemes."""
    try:
        address = urlsplit(text)
        port = address.port
    except ValueError:
        return False
    return address.scheme in schemes and bool(address.hostname) and port != 0 and " " not in text


def _is_postgres(text: str) -> bool:
    return text.startswith(("postgres://", "postgresql://"))


def _is_broker(text: str) -> bool:
    return text.startswith(("amqp://", "amqps://", "redis://", "rediss://", "redis+socket://"))


def _is_seconds_of_role(pair: str, roles: Mapping[str, int]) -> bool:
    role, _, seconds = pair.partition("=")
    return role in roles and re.fullmatch(r"[0-9]{1,9}", seconds) is not None


_are_pauses = _require(lambda pauses: pauses and min(pauses) > 0)


def _can_be_folder(text: str) -> bool:
    """Whether the path, or its nearest existing ancestor, is a folder. Unreadable paths are accepted."""
    place = Path(text)
    try:
        return (
            bool(text) and next(part for part in (place, *place.parents) if part.exists() or part.is_symlink()).is_dir()
        )
    except PermissionError:
        return True
    except (OSError, StopIteration):
        return False


def _can_be_file(text: str) -> bool:
    return _can_be_folder(str(Path(text).parent)) and not (_can_be_folder(text) and Path(text).is_dir())
