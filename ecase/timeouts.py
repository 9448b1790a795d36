"""Database timeouts of a program of the service, by the program's role.

They are set on every connection, so that no lock, statement or forgotten transaction blocks others for ever. JIT
compilation is off: for statements of milliseconds it costs more than it saves.
"""

from typing import Literal

from django.conf import settings

Role = Literal["web", "worker", "watch", "command", "migration"]
_NO_JIT = "-c jit=off"


def options(timeouts: dict[str, dict[str, int]], role: Role) -> str:
    """Libpq's ``options`` for a connection of ``role``; ``timeouts`` has seconds by PostgreSQL's name and role."""
    chosen = (f"-c {name}={by_role[role] * 1000}" for name, by_role in timeouts.items())
    return " ".join([_NO_JIT, *chosen])


def use(role: Role) -> None:
    """Give this process the ``role``. Call before it connects: open connections keep their timeouts."""
    database = settings.DATABASES["default"]
    database["OPTIONS"] = {**database.get("OPTIONS", {}), "options": options(settings.DATABASE_TIMEOUTS, role)}
