"""What is known of a motion's row while it is locked (``workflows.motions.locking``); empty for a row that is not."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID


class LockedRow:
    """Facts read with the lock, kept on the motion for the acts of one transaction.

    ``on_record``: the columns as recorded in the log (``columns``). ``as_locked``: the values of the row, by field.
    ``roles_known``: the roles of officers in the case. ``is_called``: whether a calling of officers on duty runs.
    ``has_pending_signature``: whether a signature of the act waits. ``open_deadlines`` is kept by
    ``workflows.deadlines.timetable``.
    """

    on_record: Mapping[str, Any] = MappingProxyType({})
    as_locked: Mapping[str, Any] = MappingProxyType({})
    roles_known: Mapping[UUID, str | None] = MappingProxyType({})
    is_called: bool | None = None
    has_pending_signature: bool | None = None
    open_deadlines: list[Any] | None = None
