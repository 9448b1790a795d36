"""Shared by the outbox benchmarks: a database of their own, and messages that wait in it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.servers import BASE, Databases

NAME = "ecase_bench_outbox"
BATCH = 5000


@contextmanager
def database(**settings: str) -> Iterator[None]:
    """A migrated database, with Django set up on it in this process and (by the environment) in its children."""
    databases = Databases.configured()
    databases.create(NAME)
    os.environ.setdefault("ECASE_MODE", "demo")
    os.environ.update(DATABASE_URL=databases.address(NAME), DJANGO_SETTINGS_MODULE="ecase.settings", **settings)
    command = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=BASE, check=True)
    import django

    django.setup()
    try:
        yield
    finally:
        from django.db import connections

        connections.close_all()
        databases.drop(NAME)


def send(number: int, keys: int, url: str = "https://receiver.example/") -> None:
    """Queue ``number`` messages to one subscription, alternating between ``keys`` keys (motions)."""
    from ecase.officers.models import Organisation
    from ecase.outbox.channels import webhook
    from ecase.outbox.models import Message, Subscription

    organisation = Organisation.objects.create(
        kind=Organisation.Kind.PROSECUTION, bin="990940000037", name_kk="Прокуратура", name_ru="Прокуратура"
    )
    hook = Subscription.objects.create(organisation=organisation, url=url)
    common = {"topic": "motion.protocol", "channel": webhook.NAME, "organisation": organisation}
    for first in range(0, number, BATCH):
        Message.objects.bulk_create(
            Message(**common, subscription=hook, key=f"m{count % keys}", payload={"number": count})
            for count in range(first, min(first + BATCH, number))
        )
