"""How long the database lets a program of the service wait, by the program's role.

They are set on every connection, so that no lock, statement or forgotten transaction holds up others for ever. Without
just-in-time compilation: it costs more than it brings for statements that take milliseconds.
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
    """This process has ``role`` from now on. To be called before it connects: open connections keep what they have."""
    database = settings.DATABASES["default"]
    database["OPTIONS"] = {**database.get("OPTIONS", {}), "options": options(settings.DATABASE_TIMEOUTS, role)}
