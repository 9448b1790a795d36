"""Checks of everything outside the database. Each may hang, so each runs in a thread of its own."""

import os
import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import KombuError, OperationalError

from api.readiness.errors import Check, Lacking, check_call, lacking
from ecase.audit import checkpoints, keys
from ecase.celery import app

# Seconds that the broker has to answer.
BROKER_PATIENCE = 1.5


def _broker() -> None:
    with lacking(_("The broker cannot be reached."), OperationalError, KombuError, OSError):
        options = {"connect_timeout": BROKER_PATIENCE}
        with app.connection_for_write(**options) as broker:
            broker.ensure_connection(max_retries=1, timeout=BROKER_PATIENCE)


def _disk() -> None:
    media = Path(settings.MEDIA_ROOT)
    # The folder, or its nearest ancestor that exists.
    free = shutil.disk_usage(next(path for path in (media, *media.parents) if path.exists())).free
    if free < settings.DISK_FREE_BYTES:
        raise Lacking(_("There is little room left for files."), f"{free // 1024 // 1024} MiB")


def _write(folder: Path) -> None:
    """A file can be created in the folder, written to the disk, and deleted."""
    with lacking(_("Nothing can be written to the folder."), OSError):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".ready-") as file:
            file.write(b"ready")
            file.flush()
            os.fsync(file.fileno())


CHECKS: dict[str, Check] = {
    "static": check_call(
        lambda: static("portal/dist/portal.css"),
        _("Static files have not been built and collected."),
        ValueError,
        OSError,
    ),
    "log-key": check_call(keys.signer, _("The log's key cannot be read."), ImproperlyConfigured, OSError),
    "broker": _broker,
    "media": lambda: _write(Path(settings.MEDIA_ROOT)),
    "checkpoints": lambda: _write(checkpoints.folder()),
    "disk": _disk,
}
