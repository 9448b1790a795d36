"""One test authority, its trust store and one person for all tests of signatures."""

from collections.abc import Callable
from typing import Any

import pytest

from signatures import Expected, Report, TrustStore, verify
from tests.signatures.makers import BIN, CONTENT, IIN, NOW, Owner, Pki


@pytest.fixture(scope="session")
def pki() -> Pki:
    return Pki.make()


@pytest.fixture(scope="session")
def trust(pki: Pki) -> TrustStore:
    return pki.trust()


@pytest.fixture(scope="session")
def person(pki: Pki) -> Owner:
    return pki.person()


@pytest.fixture
def check(trust: TrustStore) -> Callable[..., Report]:
    """Verify with valid arguments, except those that a test changes."""

    def run(cms: bytes, content: bytes = CONTENT, **changes: Any) -> Report:
        given = {"trust": trust, "expected": Expected(iin=IIN, bin=BIN), "at": NOW, **changes}
        return verify(cms, content, **given)

    return run


def failed(report: Report) -> set[str]:
    """The names of the checks that did not pass."""
    return {check.name for check in report.failures}
