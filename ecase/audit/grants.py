"""Least privilege: the privileges of the application's database role, table by table.

The owner of the tables, who migrates, is another role. On append-only tables the application may select and insert
only: even a stolen connection cannot rewrite them. On tables whose rows must be kept it may not delete. Django's own
bookkeeping it may only read; to the admin log it may only add.
"""

from collections.abc import Iterator

import pgtrigger
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from ecase.audit import append_only
from ecase.audit.guards import NeverDeleted

READ, APPEND = "SELECT", "SELECT, INSERT"
KEEP, FULL = "SELECT, INSERT, UPDATE", "SELECT, INSERT, UPDATE, DELETE"


def privileges() -> Iterator[tuple[str, str]]:
    """Table and privileges, for every table that the installed apps manage."""
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        # What unconditional triggers refuse on every row of the model: UPDATE, DELETE.
        refused = {
            operation
            for trigger in getattr(model._meta, "triggers", [])
            if trigger.condition is None
            and (isinstance(trigger, pgtrigger.Protect | NeverDeleted) or trigger.name == append_only.NAME)
            for operation in str(trigger.operation).split(" OR ")
        }
        if refused >= {"UPDATE", "DELETE"} or model is LogEntry:
            yield model._meta.db_table, APPEND
        else:
            yield model._meta.db_table, KEEP if "DELETE" in refused else FULL
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
