"""Least privilege: the privileges of the application's database role, table by table.

The owner of the tables, who migrates, is another role. On append-only tables the application may select and insert
only: even a stolen connection cannot rewrite them. On tables whose rows must be kept it may not delete. Django's own
bookkeeping it may only read; to the admin log it may only add.
"""

from collections.abc import Iterator

import pgtrigger
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from ecase.audit import append_only
from ecase.audit.guards import NeverDeleted

READ, APPEND = "SELECT", "SELECT, INSERT"
KEEP, FULL = "SELECT, INSERT, UPDATE", "SELECT, INSERT, UPDATE, DELETE"


def is_append_only(model: type[models.Model]) -> bool:
    """Whether unconditional triggers refuse every UPDATE and DELETE of the model."""
    refused = {
        operation
        for trigger in getattr(model._meta, "triggers", [])
        if trigger.condition is None
        and (isinstance(trigger, pgtrigger.Protect | NeverDeleted) or trigger.name == append_only.NAME)
        for operation in str(trigger.operation).split(" OR ")
    }
    return {"UPDATE", "DELETE"} <= refused


def is_kept(model: type[models.Model]) -> bool:
    """Whether an unconditional trigger refuses every DELETE of the model."""
    return any(
        trigger.condition is None and (isinstance(trigger, NeverDeleted) or _protects_from_deletion(trigger))
        for trigger in getattr(model._meta, "triggers", [])
    )


def _protects_from_deletion(trigger: pgtrigger.Trigger) -> bool:
    return isinstance(trigger, pgtrigger.Protect) and "DELETE" in str(trigger.operation).split(" OR ")


def _privileges_of(model: type[models.Model]) -> str:
    if is_append_only(model) or model is LogEntry:
        return APPEND
    return KEEP if is_kept(model) else FULL


def privileges() -> Iterator[tuple[str, str]]:
    """Table and privileges, for every table that the installed apps manage."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model._meta.db_table, _privileges_of(model)
    yield MigrationRecorder.Migration._meta.db_table, READ


@transaction.atomic
def grant(role: str) -> dict[str, str]:
    """Give ``role`` exactly the privileges that it needs and revoke all others; returns the privileges by table."""
    given = dict(privileges())
    name = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        for statement in (
            f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}",
            f"REVOKE CREATE ON SCHEMA public FROM {name}",
            f"GRANT USAGE ON SCHEMA public TO {name}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
            *(f"GRANT {what} ON {connection.ops.quote_name(table)} TO {name}" for table, what in given.items()),
        ):
            cursor.execute(statement)
    return given
