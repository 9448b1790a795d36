"""The Celery application. What must happen is a row first (outbox, deadline); a task only hastens it."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecase.settings")

app = Celery("ecase")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
