"""Database triggers for motions and their rows: they change only as acts change them, for any database user."""

from typing import Any

import pgtrigger

from ecase.audit.guards import Fixed, Guard, NeverDeleted

# Changed by acts only.
ACTED = (
    "version",
    "consents",
    "consenting",
    "defence",
    "on_paper",
    "subject",
    "outcome",
    "court",
    "judge",
    "number",
    "appellate_court",
    "appellate_judge",
    "appeal_number",
    "submitted_at",
    "registered_at",
    "hearing_at",
    "decided_at",
    "announced_at",
    "executed_at",
    "ended_at",
    "valid_until",
    "appeal_until",
)
FIXED = ("id", "case", "kind", "catalogue", "language", "author", "organisation", "prosecution", "secret", "created_at")

# The position of the last act that the row knew before.
_BEFORE = "coalesce((SELECT position FROM motions_act WHERE id = OLD.last_act_id), 0)"
_UNEXPLAINED = """
    IF NEW.last_act_id IS NOT DISTINCT FROM OLD.last_act_id AND {also} THEN
        RAISE EXCEPTION 'motion %: only an act changes this', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
"""


def _needs_its_act(name: str, column: str, before: str, after: str) -> Guard:
    """A change of a state must be explained by the acts since the last one, each beginning where the one before ended.

    One update may take several steps: an act, and those that the service performs upon it.
    """
    return Guard(
        name=name,
        operation=pgtrigger.UpdateOf(column),  # type: ignore[no-untyped-call]
        condition=pgtrigger.AnyChange(column),
        func=f"""
            IF NEW.last_act_id IS NOT DISTINCT FROM OLD.last_act_id OR NEW.{column} IS DISTINCT FROM (
                SELECT {after} FROM motions_act WHERE id = NEW.last_act_id AND motion_id = NEW.id
            ) OR EXISTS (
                SELECT 1 FROM (
                    SELECT {before} AS begins, lag({after}, 1, OLD.{column}) OVER (ORDER BY position) AS ended
                    FROM motions_act WHERE motion_id = NEW.id AND position > {_BEFORE}
                ) AS step WHERE begins <> ended
            ) THEN
                RAISE EXCEPTION 'motion %: no act explains % -> %', OLD.id, OLD.{column}, NEW.{column}
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        """,  # noqa: S608 - the names of columns are ours
    )


def _finds_itself(name: str, operation: Any, condition: Any = None) -> Guard:
    """The search column is derived from the row, its case and the persons of the case; written values are ignored."""
    return Guard(
        name=name,
        operation=operation,
        condition=condition,
        func="""
            NEW.search = motions_search_text(NEW.case_id, NEW.number, NEW.appeal_number, NEW.payload);
            RETURN NEW;
        """,
    )


OF_MOTION = [
    _needs_its_act("state_needs_its_act", "state", "from_state", "to_state"),
    _needs_its_act("appeal_needs_its_act", "appeal_state", "from_appeal", "to_appeal"),
    Guard(
        name="acts_follow_each_other",
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("last_act"),
        # Nothing may be left out: the acts after the last one are as many as their positions say, and end with the new.
        func=f"""
            IF NOT EXISTS (
                SELECT 1 FROM motions_act act WHERE act.id = NEW.last_act_id AND act.motion_id = NEW.id
                AND act.position > {_BEFORE}
                AND act.position = (SELECT max(position) FROM motions_act WHERE motion_id = NEW.id)
                AND act.position - {_BEFORE} = (
                    SELECT count(*) FROM motions_act WHERE motion_id = NEW.id AND position > {_BEFORE}
                )
            ) THEN
                RAISE EXCEPTION 'motion %: its next act is another', OLD.id
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        """,  # noqa: S608 - the names of columns are ours
    ),
    Guard(
        name="only_acts_change_it",
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange(*ACTED),
        func=_UNEXPLAINED.format(also="TRUE"),
    ),
    Guard(
        name="only_a_draft_is_typed",
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("payload", "earlier"),
        func=_UNEXPLAINED.format(also="OLD.state NOT IN ('draft', 'returned')"),
    ),
    Guard(
        name="warned_once",
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("warn_at"),
        func=_UNEXPLAINED.format(also="NEW.warn_at IS NOT NULL"),
    ),
    Guard(
        name="due_as_its_deadlines_say",
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("next_due_at"),
        func=_UNEXPLAINED.format(
            also="""NEW.next_due_at IS DISTINCT FROM (
                SELECT min(due_at) FROM deadlines_deadline WHERE motion_id = NEW.id AND state = 'running'
            )"""
        ),
    ),
    Fixed(*FIXED, name="what_it_is"),
    Guard(
        name="begins_as_draft",
        operation=pgtrigger.Insert,
        condition=~pgtrigger.Q(new__state="draft") | pgtrigger.Q(new__last_act__isnull=False),
        func="RAISE EXCEPTION 'a motion begins as a draft' USING ERRCODE = 'integrity_constraint_violation';",
    ),
    _finds_itself("found_from_the_start", pgtrigger.Insert),
    _finds_itself(
        "found_as_it_is", pgtrigger.Update, pgtrigger.AnyChange("number", "appeal_number", "payload", "search")
    ),
    NeverDeleted(name="never_deleted_after_filing", condition=pgtrigger.Q(old__last_act__isnull=False)),
]


# Of the rows of a motion: it has been filed. Of an attachment: an act states it, and no return of the motion opened it.
ONCE_FILED = "EXISTS (SELECT 1 FROM motions_motion WHERE id = OLD.motion_id AND last_act_id IS NOT NULL)"
ONCE_STATED = """OLD.filed_by_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM motions_motion WHERE id = OLD.motion_id AND state IN ('draft', 'returned')
        )"""


def stays(once: str) -> Guard:
    """Refuses to delete a row for which the condition ``once`` holds."""
    return Guard(
        name="stays_once_filed",
        operation=pgtrigger.Delete,
        func=f"""
            IF {once} THEN
                RAISE EXCEPTION '%: what has been filed stays', TG_TABLE_NAME
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN OLD;
        """,
    )
