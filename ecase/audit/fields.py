"""PostgreSQL's 64-bit transaction ids as a Django field."""

from typing import Any

from django.db import models


class CurrentTransaction(models.Func):
    """``pg_current_xact_id()``: the id of the top-level transaction."""

    function = "pg_current_xact_id"
    arity = 0


class TransactionIdField(models.Field):
    """``xid8``, read as an integer."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else str(value)
