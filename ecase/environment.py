"""Reading the environment: a missing or wrong value ends the start with one clear sentence."""

import builtins
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

from ecase.embedded import addresses


class Environment:
    """Typed access to environment variables.

    ``default=None`` means that the variable is required. Every failure is an :class:`ImproperlyConfigured` whose
    text names the variable, the value's fault and what is expected.
    """

    def __init__(self, base_dir: Path) -> None:
        self._env = Env()
        self._base_dir = base_dir

    def _read(self, kind: builtins.str, name: builtins.str, default: Any, **options: Any) -> Any:
        arguments = {} if default is None else {"default": default}
        try:
            return getattr(self._env, kind)(name, **arguments, **options)
        except EnvError as fault:
            raise ImproperlyConfigured(f"{name}: {fault}") from fault

    def str(self, name: builtins.str, default: builtins.str | None = None) -> Any:
        return self._read("str", name, default)

    def bool(self, name: builtins.str, default: bool | None = None) -> Any:
        return self._read("bool", name, default)

    def int(self, name: builtins.str, default: int | None = None) -> Any:
        return self._read("int", name, default)

    def list(self, name: builtins.str, default: Any = None) -> Any:
        return self._read("list", name, default)

    def path(self, name: builtins.str, default: Path | None = None) -> Path:
        return Path(self._read("str", name, None if default is None else str(default))).resolve()

    def url(self, name: builtins.str, default: Any = None) -> Any:
        value = self.str(name, default)
        if not value.startswith(("http://", "https://")):
            raise ImproperlyConfigured(f"{name} must be an http or https address, not {value!r}")
        return value.rstrip("/")

    def signer(self, name: builtins.str, default: Any, *, in_page: builtins.bool) -> Any:
        """The WebSocket of a signer; "pkcs12:", where ``in_page`` allows it, has the page open key files itself."""
        value = self.str(name, default)
        if not (value.startswith(("ws://", "wss://")) or (in_page and value == "pkcs12:")):
            raise ImproperlyConfigured(f"{name} must be a ws or wss address, or pkcs12: in the demo, not {value!r}")
        return value

    def choice(self, name: builtins.str, choices: tuple[Any, ...], default: Any = None) -> Any:
        value = self.str(name, default)
        if value not in choices:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}")
        return value

    def database(self, name: builtins.str) -> dict[Any, Any]:
        """PostgreSQL settings for Django, with connections kept open between requests."""
        url = self.str(name, addresses.database_url(self._base_dir))
        if not url.startswith(("postgres://", "postgresql://")):
            raise ImproperlyConfigured(f"{name} must be a postgres:// address: ecase runs on PostgreSQL only")
        config = dict(self._read("dj_db_url", name, url))
        return {**config, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}

    def broker(self, name: builtins.str) -> Any:
        """The address of Celery's broker: RabbitMQ, Redis or Valkey."""
        url = self.str(name, addresses.broker_url(self._base_dir))
        if not url.startswith(("amqp://", "amqps://", "redis://", "rediss://", "redis+socket://")):
            raise ImproperlyConfigured(f"{name} must be an amqp:// or redis:// address: other brokers lose tasks")
        return url
