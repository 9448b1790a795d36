"""The Celery application. Everything that must happen is a row first (outbox, deadline); a task only speeds it up."""

import os

from celery import Celery
from celery.signals import beat_init, worker_init

from ecase import timeouts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecase.settings")

app = Celery("ecase")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def _works(**_named: object) -> None:
    """Use the database timeouts of a worker."""
    timeouts.use("worker")
