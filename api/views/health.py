"""Probes for whoever runs the service."""

import logging
from collections.abc import Callable
from functools import lru_cache

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.problems import Unready
from api.shapes import HealthShape
from api.views.base import OpenView
from ecase.officers import signing
from ecase.problems import Problem
from workflows.statute.catalogue import NoLawInForce, in_force

logger = logging.getLogger(__name__)
OK = {"status": "ok"}


class Live(OpenView):
    """Whether the process answers."""

    throttle_classes = ()

    @extend_schema(operation_id="live", responses=HealthShape)
    def get(self, request: Request) -> Response:
        """The process is alive. Touches neither database nor broker."""
        return Response(OK)


class Ready(OpenView):
    """Whether the service can do its work."""

    throttle_classes = ()

    @extend_schema(operation_id="ready", responses=HealthShape)
    def get(self, request: Request) -> Response:
        """Database reached and migrated, law in force, trust anchors and service key at hand; else 503."""
        problems = [problem for check in _CHECKS if (problem := check())]
        if problems:
            raise Unready(problems)
        return Response(OK)


def _database() -> Problem | None:
    try:
        connection.ensure_connection()
        return None if _migrated() else Problem("migrations", _("The database is not migrated."))
    except DatabaseError as fault:
        return _told(Problem("database", _("The database cannot be reached.")), fault)


@lru_cache(maxsize=1)
def _applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _migrated() -> bool:
    """Once true it stays so for the life of the process; as long as it is not, it is asked again."""
    if not _applied():
        _applied.cache_clear()
        return False
    return True


def _law() -> Problem | None:
    return _unless(in_force, (NoLawInForce, DatabaseError), Problem("law", _("No catalogue of the law is in force.")))


def _trust() -> Problem | None:
    message = _("The trust anchors cannot be read.")
    return _unless(signing.trust, (ImproperlyConfigured, OSError, ValueError), Problem("trust", message))


def _key() -> Problem | None:
    message = _("The service's own key cannot be read.")
    return _unless(signing.sealer, (ImproperlyConfigured, OSError, ValueError), Problem("service-key", message))


def _unless(works: Callable[[], object], faults: tuple[type[Exception], ...], problem: Problem) -> Problem | None:
    try:
        works()
    except faults as fault:
        return _told(problem, fault)
    return None


def _told(problem: Problem, fault: Exception) -> Problem:
    """The reason goes to the operator's log, and not to whoever asks."""
    logger.warning("not ready: %s", problem.code, exc_info=fault)
    return problem


_CHECKS: tuple[Callable[[], Problem | None], ...] = (_database, _law, _trust, _key)
