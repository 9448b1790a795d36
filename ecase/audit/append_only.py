"""Trigger that makes a table append-only: rows are inserted, never changed or deleted."""

import pgtrigger

NAME = "append_only"


class AppendOnly(pgtrigger.Trigger):
    """Refuses UPDATE, DELETE and TRUNCATE, once per statement, even when it would touch no row.

    ``manage.py ecase_grants`` also withholds these privileges from the application's role on every table that has it.
    """

    name = NAME
    level = pgtrigger.Statement
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate
    func = """
        RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'insufficient_privilege';
    """
