"""Watches in processes of their own, on the tests' database, log and files."""

import os
import subprocess
import sys
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import connection

from tests import servers

VARIABLES = {
    "MEDIA_ROOT": "ECASE_MEDIA",
    "LOG_KEY_FILE": "ECASE_LOG_KEY",
    "CHECKPOINT_DIR": "ECASE_CHECKPOINT_DIR",
    "TRUST_DIR": "ECASE_TRUST_DIR",
}


def environment() -> dict[str, str]:
    """What a process of its own needs to work on the tests' database, log and files."""
    paths = {variable: str(getattr(settings, name)) for name, variable in VARIABLES.items()}
    url = servers.address(connection.settings_dict)
    return {**os.environ, **paths, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "ecase.settings"}


class Watching:
    """``manage.py watch`` as long as the block lasts; killed at its end if it has not been before."""

    def __enter__(self) -> Self:
        command = [sys.executable, "manage.py", "watch", "--interval", "0.1"]
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment())
        return self

    def kill(self) -> None:
        """SIGKILL, at whatever instruction it is."""
        self.process.kill()
        self.process.wait()

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
