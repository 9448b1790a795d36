"""O-F2, "What the app role may do today": each is tried with a real role that has the service's privileges."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests.motions.world import World
from workflows.deadlines.models import Deadline
from workflows.motions.models import Motion
from workflows.motions.services import acting, drafts
from workflows.motions.states import ActType

pytestmark = pytest.mark.django_db
ROLE = "ecase_test_service"


@pytest.fixture
def motion(world: World) -> Motion:
    """Assigned to a judge, who has opened it and ordered a hearing."""
    return world.does(world.assigned("custody"), ActType.HEARING_ORDER, "judge")


@pytest.fixture
def role(motion: Motion) -> str:
    """The role is dropped with the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} NOLOGIN NOSUPERUSER")
    call_command("ecase_grants", role=ROLE, stdout=StringIO())
    return ROLE


@contextmanager
def service(role: str) -> Iterator[Any]:
    """A connection as the service, with every session setting that it may change."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        cursor.execute("SELECT array_agg(tgname) FROM pg_trigger WHERE NOT tgisinternal")
        (names,) = cursor.fetchone()
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s::text[]::text, true)", [names])
        yield cursor
        cursor.execute("RESET ROLE")


KEPT = (
    "deadlines_deadline",
    "cases_blob",
    "cases_document",
    "cases_case",
    "outbox_message",
    "outbox_notice",
    "assignment_commitment",
    "assignment_register",
    "assignment_draw",
    "assignment_dutycall",
    "audit_chain",
    "audit_entry",
    "audit_node",
    "audit_checkpoint",
    "django_admin_log",
    "motions_pendingsignature",
    "motions_act",
    "copies_copy",
)
FILED = ("motions_opening", "motions_attachment", "motions_preparedact", "motions_motion")


def said(role: str, statement: str) -> str:
    """The database's error for the service's statement; empty if it is allowed."""
    try:
        with service(role) as cursor:
            cursor.execute(statement)
    except DatabaseError as fault:
        return str(fault)
    return ""


def allowed(role: str, statements: list[str], words: str) -> list[tuple[str, str]]:
    """The statements not refused with one of these words, and the database's actual answer."""
    answers = [(statement, said(role, statement)) for statement in statements]
    return [(statement, answer) for statement, answer in answers if not re.search(words, answer)]


def test_the_service_has_no_privilege_to_delete(role: str) -> None:
    """Each statement is tried and rolled back separately."""
    tried = [sql.format(table) for table in KEPT for sql in ("DELETE FROM {}", "TRUNCATE {} CASCADE")]
    assert allowed(role, tried, "permission denied") == []


def test_what_was_filed_is_not_deleted(role: str, motion: Motion) -> None:
    keys = {"motions_motion": "id"}
    tried = [f"DELETE FROM {table} WHERE {keys.get(table, 'motion_id')} = '{motion.pk}'" for table in FILED]
    assert allowed(role, tried, "what has been filed stays|never deleted") == []


def test_admissions_stay(world: World) -> None:
    secret = next(key for key, kind in _kinds(world).items() if kind.secrecy.level == "covert")
    motion = world.filed(secret)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} NOLOGIN NOSUPERUSER")
    call_command("ecase_grants", role=ROLE, stdout=StringIO())
    for statement in (
        "DELETE FROM motions_admission WHERE motion_id = %s",
        "UPDATE motions_admission SET admitted_at = now() - interval '1 day' WHERE motion_id = %s",
    ):
        with pytest.raises(DatabaseError, match=r"stays|never changes"), service(ROLE) as cursor:
            cursor.execute(statement, [motion.pk])


def _kinds(world: World) -> Any:
    from workflows.statute.catalogue import catalogue, in_force

    return catalogue(in_force()).kinds


CHANGES = {
    "motions_motion": (
        "payload = '{}'",
        "judge_id = NULL",
        "court_id = prosecution_id",
        "valid_until = now()",
        "ended_at = now()",
        "outcome = 'sanctioned'",
        "number = '1-1-1'",
        "defence = NOT defence",
        "secret = NOT secret",
        "state = 'closed'",
        "appeal_state = 'filed'",
        "last_act_id = (SELECT id FROM motions_act a WHERE a.motion_id = motions_motion.id AND position = 1)",
        "last_act_id = NULL",
        "next_due_at = now() + interval '9 days'",
        "next_due_at = NULL",
        "warn_at = now()",
        "author_id = gen_random_uuid()",
        "created_at = now()",
    ),
    "deadlines_deadline": (
        "due_at = due_at + interval '9 days'",
        "started_at = now()",
        "term = 'another'",
        "met_at = now() WHERE met_at IS NOT NULL",
        "state = 'running' WHERE state = 'met'",
        "motion_id = gen_random_uuid()",
    ),
    "motions_attachment": ("document_id = gen_random_uuid()", "requirement = 'another'", "filed_by_id = NULL"),
    "motions_opening": ("opened_at = now()",),
    "motions_preparedact": ("act_json = ''", "performed_at = now() WHERE performed_at IS NOT NULL"),
    "outbox_message": ("payload = '{}'", "topic = 'another'"),
    "outbox_notice": ("payload = '{}'",),
    "audit_chain": ("seq = seq - 1", "seq = seq + 2, hash = ''", "prev = ''"),
    "cases_blob": ("size = 1",),
    "cases_document": ("name = 'another'",),
    "cases_case": ("number = 'another'",),
}


REFUSED = (
    "only an act|no act explains|its next act|never changes|never runs again|written once|one entry after another"
    "|Cannot update|permission denied"
)


def test_what_rows_are_about_is_not_changed(role: str) -> None:
    filters = {"motions_motion": " WHERE state <> 'draft'"}
    tried = [
        f"UPDATE {table} SET {change}{filters.get(table, '')}"
        for table, changes in CHANGES.items()
        for change in changes
    ]
    assert allowed(role, tried, REFUSED) == []


def test_the_log_of_administrators_only_grows(role: str, world: World) -> None:
    officer = world.posts["judge"].officer
    content = ContentType.objects.get_for_model(Motion)
    LogEntry.objects.create(
        user=officer, content_type=content, object_id="1", object_repr="x", action_flag=ADDITION, change_message=""
    )
    for statement in ("UPDATE django_admin_log SET object_id = '2'", "DELETE FROM django_admin_log"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        with pytest.raises(DatabaseError, match="permission denied"), service(role) as cursor:
            cursor.execute(statement)


def test_no_checkpoint_without_a_note(role: str) -> None:
    with pytest.raises(DatabaseError, match="audit_checkpoint_is_signed"), service(role) as cursor:
        cursor.execute("INSERT INTO audit_checkpoint (size, root, note, at) VALUES (999999, '', '', now())")


def test_what_is_a_draft_goes(role: str, world: World) -> None:
    """The service may discard a draft, detach a file from it and drop an act that was never signed."""
    draft = world.draft("search")
    prepared = acting.prepare(draft, ActType.MOTION, draft.author, {})
    with service(role) as cursor:
        first = draft.attachments.first()
        assert first
        drafts.detach(draft, draft.author, first.pk)
        assert acting.forget_prepared(timezone.now() + 10 * (prepared.expires_at - prepared.created_at)) >= 1
        drafts.discard(world.fresh(draft), draft.author)
        cursor.execute("SELECT count(*) FROM motions_motion WHERE id = %s", [draft.pk])
        assert cursor.fetchone() == (0,)


def test_a_whole_act_is_within_the_privileges(role: str, world: World) -> None:
    with service(role):
        motion = world.does(world.assigned("custody"), ActType.HEARING_ORDER, "judge")
        world.act(motion, ActType.PROTOCOL, "judge", world.decision(motion, "sanctioned"))
    assert Deadline.objects.filter(motion=motion).exists()
