"""The law of ``fixtures/statute`` as the tests of a process share it: read once, since reading takes about a second."""

from functools import cache

from django.conf import settings

from workflows.statute.loading import read_folder
from workflows.statute.models import CatalogueVersion
from workflows.statute.schema import Catalogue


@cache
def law_of(jurisdiction: str = settings.JURISDICTION) -> Catalogue:
    """The catalogue of a jurisdiction, which is frozen: no test can change it for another."""
    return read_folder(settings.STATUTE_DIR / jurisdiction)


def row_of(law: Catalogue) -> CatalogueVersion:
    """The stored version, which came with the test database."""
    return CatalogueVersion.objects.get(jurisdiction=law.jurisdiction, version=law.version)
