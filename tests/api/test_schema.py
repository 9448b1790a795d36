"""The description: without a warning, and true: whatever is sent, every answer is one that it describes."""

import io
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from ecase.officers import tokens
from ecase.officers.models import Post
from tests.api.conftest import Caller
from tests.motions.conftest import World

pytestmark = pytest.mark.django_db
# The shapes are small and the faults shallow: a few examples an operation find them; see test_nonsense for the rest.
EXAMPLES = 8
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    ignored_auth,
    unsupported_method,
]
# What nobody runs beside a test is lacking: readiness rightly says so by 503, as described.
MAY_BE_503 = "/api/health/ready"


def test_it_validates_without_a_warning() -> None:
    # `--fail-on-warn` makes the command raise; what it prints is the description.
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=io.StringIO())


def test_it_is_served_to_anybody(anybody: Caller) -> None:
    description = anybody.get("/api/schema/").json()

    assert description["openapi"].startswith("3.1")
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            assert operation["operationId"], (method, path)
            assert operation["description"], (method, path)
            assert {"4XX", "5XX"} <= set(operation["responses"])
            assert [code for code in operation["responses"] if code.startswith("2")], (method, path)


def test_no_operation_is_named_twice(anybody: Caller) -> None:
    paths = anybody.get("/api/schema/").json()["paths"]
    names = [operation["operationId"] for operations in paths.values() for operation in operations.values()]

    assert len(names) == len(set(names))


def test_every_answer_is_as_described(
    wsgi: Any, world: World, existing: dict[str, Any], subtests: pytest.Subtests, unlimited: None
) -> None:
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
    schema.app = wsgi
    for operation in schema.get_all_operations():
        with subtests.test(operation.ok().label):
            answers_as_described(operation.ok(), world.posts["investigator"], existing)


def answers_as_described(operation: Any, post: Post, existing: dict[str, Any]) -> None:
    """Send what the description allows and what it forbids; hold each answer against it."""
    modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]
    checks = [check for check in CHECKS if check is not not_a_server_error or operation.path != MAY_BE_503]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(*modes))
    def hold(case: Any) -> None:
        case.path_parameters.update({name: value for name, value in existing.items() if name in case.path_parameters})
        secret = tokens.issue(post)[1]
        case.call_and_validate(headers={"Authorization": f"Bearer {secret}"}, checks=checks)

    hold()
