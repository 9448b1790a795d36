"""Reading the environment: missing and wrong values end the start with one list of clear sentences."""

import builtins
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

from ecase.embedded import addresses
from ecase.limits.rates import Rate

# Read outside of the settings: by the tests and by the verifier that is one file.
_ELSEWHERE = frozenset({"ECASE_TEST_VAR", "ECASE_VERIFY_CACHE"})
_PREFIX = "ECASE_"


class Environment:
    """Typed access to environment variables.

    ``default=None`` means that the variable is required. A fault is kept, and something of the type is returned in
    its place, so that :meth:`finish` can name all of them at once.
    """

    def __init__(self, base_dir: Path) -> None:
        self._env = Env()
        self._base_dir = base_dir
        self._known: builtins.set[builtins.str] = set()
        self.faults: builtins.list[builtins.str] = []

    def refuse(self, fault: builtins.str) -> None:
        """Keep one more sentence about what is wrong."""
        self.faults.append(fault)

    def finish(self) -> None:
        """Raise :class:`ImproperlyConfigured` with every fault that was found, if there is any."""
        if self.faults:
            raise ImproperlyConfigured("; ".join(self.faults))

    def unknown(self) -> builtins.list[builtins.str]:
        """Variables that are meant for ecase and that no setting reads: most likely misspelt."""
        return sorted(name for name in os.environ if name.startswith(_PREFIX) and name not in self._known | _ELSEWHERE)

    def is_given(self, *names: builtins.str) -> builtins.bool:
        """Whether any of the variables has a value."""
        return any(os.environ.get(name) for name in names)

    def _read(self, kind: builtins.str, name: builtins.str, default: Any, placeholder: Any, **options: Any) -> Any:
        self._known.add(name)
        arguments = {} if default is None else {"default": default}
        try:
            return getattr(self._env, kind)(name, **arguments, **options)
        except EnvError as fault:
            self.refuse(f"{name}: {fault}")
            return placeholder

    def str(self, name: builtins.str, default: builtins.str | None = None) -> Any:
        return self._read("str", name, default, "")

    def bool(self, name: builtins.str, default: bool | None = None) -> Any:
        return self._read("bool", name, default, placeholder=False)

    def int(self, name: builtins.str, default: int | None = None, *, least: builtins.int = 1) -> Any:
        """A whole number of at least ``least``."""
        value = self._read("int", name, default, least)
        if value < least:
            self.refuse(f"{name} must be {least} or more, not {value}")
            return least
        return value

    def list(self, name: builtins.str, default: Any = None) -> Any:
        return self._read("list", name, default, [])

    def seconds(self, name: builtins.str, default: Iterable[builtins.int]) -> builtins.list[builtins.int]:
        """Pauses in seconds, separated by commas: one or more whole numbers above 0."""
        value = self._read("list", name, builtins.list(default), [1], subcast=int)
        if not value or min(value) < 1:
            self.refuse(f"{name} must be one or more numbers of seconds above 0, separated by commas")
        return builtins.list(value)

    def seconds_by_role(self, name: builtins.str, default: Mapping[builtins.str, builtins.int]) -> dict[Any, Any]:
        """Seconds for the roles that are named, as ``web=5,worker=60``; ``default`` for the others. 0 is no limit."""
        given = self._read("dict", name, {}, {}, subcast_values=int)
        if unknown := sorted(set(given) - set(default)):
            self.refuse(f"{name} names {', '.join(unknown)}, and there are {', '.join(default)} only")
        if any(value < 0 for value in given.values()):
            self.refuse(f"{name} must be seconds, or 0 for no limit")
        return {**default, **given}

    def rate(self, name: builtins.str, default: builtins.str) -> Rate:
        """How often a client may ask, such as ``60/min``."""
        try:
            return Rate.parse(self.str(name, default))
        except ValueError as fault:
            self.refuse(f"{name}: {fault}")
            return Rate.parse(default)

    def path(self, name: builtins.str, default: Path | None = None) -> Path:
        return Path(self._read("str", name, None if default is None else str(default), ".")).resolve()

    def _fitting(
        self, name: builtins.str, value: Any, fits: Callable[[Any], builtins.bool], wanted: builtins.str
    ) -> Any:
        """``value``; one that does not fit is kept as a fault, unless it has been found missing already."""
        if value and not fits(value):
            self.refuse(f"{name} must be {wanted}, not {value!r}")
        return value

    def url(self, name: builtins.str, default: Any = None) -> Any:
        value = self.str(name, default)
        self._fitting(name, value, lambda url: url.startswith(("http://", "https://")), "an http or https address")
        return value.rstrip("/")

    def signer(self, name: builtins.str, default: Any, *, in_page: builtins.bool) -> Any:
        """The WebSocket of a signer; "pkcs12:", where ``in_page`` allows it, has the page open key files itself."""
        value = self.str(name, default)
        wanted = "a ws or wss address, or pkcs12: in the demo"
        return self._fitting(
            name, value, lambda url: url.startswith(("ws://", "wss://")) or (in_page and url == "pkcs12:"), wanted
        )

    def choice(self, name: builtins.str, choices: tuple[Any, ...], default: Any = None) -> Any:
        value = self.str(name, default)
        if value not in choices:
            self.refuse(f"{name} must be one of {', '.join(choices)}, not {value!r}")
            return choices[0]
        return value

    def database(self, name: builtins.str) -> dict[Any, Any]:
        """PostgreSQL settings for Django, with connections kept open between requests."""
        url = self.str(name, addresses.database_url(self._base_dir))
        if not url.startswith(("postgres://", "postgresql://")):
            self.refuse(f"{name} must be a postgres:// address: ecase runs on PostgreSQL only")
            return {}
        config = dict(self._read("dj_db_url", name, url, {}))
        return {**config, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}

    def broker(self, name: builtins.str) -> Any:
        """The address of Celery's broker: RabbitMQ, Redis or Valkey."""
        url = self.str(name, addresses.broker_url(self._base_dir))
        if not url.startswith(("amqp://", "amqps://", "redis://", "rediss://", "redis+socket://")):
            self.refuse(f"{name} must be an amqp:// or redis:// address: other brokers lose tasks")
        return url
