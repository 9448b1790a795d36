"""Triggers that keep rows where they are and as they are; ``manage.py ecase_grants`` withholds the privileges as well.

They hold for the role that owns the tables too, as long as it does not disable them.
"""

from typing import Any

import pgtrigger


class Guard(pgtrigger.Trigger):
    """A trigger that no session can switch off for itself.

    Those of django-pgtrigger ask the session's own setting ``pgtrigger.ignore`` first, which any role may set: a guard
    empties it before it is asked.
    """

    when = pgtrigger.Before

    def get_declare(self, model: Any) -> list[tuple[str, str]]:
        return [("nobody_ignores_this", "TEXT := set_config('pgtrigger.ignore', '{}', true)")]


class NeverDeleted(Guard):
    """Refuses to delete a row; without a condition, ``ecase_grants`` withholds DELETE from the service's role."""

    name = "never_deleted"
    operation = pgtrigger.Delete
    func = """
        RAISE EXCEPTION 'a row of % is never deleted', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)


class Fixed(Guard):
    """Refuses to change these fields of a row once it is there."""

    operation = pgtrigger.Update
    func = """
        RAISE EXCEPTION '%: what this row is about never changes', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    """

    def __init__(self, *fields: str, name: str = "fixed") -> None:
        super().__init__(name=name, condition=pgtrigger.AnyChange(*fields))


class SetOnce(Guard):
    """Refuses to change this field of a row once it says something."""

    operation = pgtrigger.Update
    func = """
        RAISE EXCEPTION '%: this is written once', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    """

    def __init__(self, field: str) -> None:
        changed = pgtrigger.Q(**{f"old__{field}__isnull": False, f"old__{field}__df": pgtrigger.F(f"new__{field}")})
        super().__init__(name=f"{field}_once", condition=changed)
