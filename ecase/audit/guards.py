"""Triggers that protect rows against changes; ``manage.py ecase_grants`` withholds the privileges as well.

They also hold for the owner of the tables, unless it disables them.
"""

from typing import Any

import pgtrigger


class Guard(pgtrigger.Trigger):
    """A trigger that no session can switch off for itself.

    Triggers of django-pgtrigger read the session setting ``pgtrigger.ignore`` first, which any role may set: a guard
    clears it before that.
    """

    when = pgtrigger.Before

    def get_declare(self, model: Any) -> list[tuple[str, str]]:
        return [("nobody_ignores_this", "TEXT := set_config('pgtrigger.ignore', '{}', true)")]


class NeverDeleted(Guard):
    """Refuses to delete a row; if unconditional, ``ecase_grants`` withholds DELETE from the service's role."""

    name = "never_deleted"
    operation = pgtrigger.Delete
    func = """
        RAISE EXCEPTION 'a row of % is never deleted', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    """


class Fixed(Guard):
    """Refuses to change these fields after the row was inserted."""

    operation = pgtrigger.Update
    func = """
        RAISE EXCEPTION '%: what this row is about never changes', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    """

    def __init__(self, *fields: str, name: str = "fixed") -> None:
        super().__init__(name=name, condition=pgtrigger.AnyChange(*fields))


class SetOnce(Guard):
    """Refuses to change this field once it has a value."""

    operation = pgtrigger.Update
    func = """
        RAISE EXCEPTION '%: this is written once', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    """

    def __init__(self, field: str) -> None:
        changed = pgtrigger.Q(**{f"old__{field}__isnull": False, f"old__{field}__df": pgtrigger.F(f"new__{field}")})
        super().__init__(name=f"{field}_once", condition=changed)
