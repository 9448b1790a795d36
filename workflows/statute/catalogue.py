"""The catalogue's public interface: load it, find the version in force, read a kind."""

import hashlib
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import rfc8785
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.problems import Conflict, Problem
from workflows.statute.loading import finish, read_folder
from workflows.statute.models import CatalogueVersion
from workflows.statute.reading import Faults, bind, from_json
from workflows.statute.schema import Catalogue, as_json


class NoLawInForce(LookupError):
    """No version of the catalogue is in force for that jurisdiction on that day."""


def load_all(root: Path | None = None) -> list[CatalogueVersion]:
    """Store the catalogue of every folder of ``fixtures/statute``; a version that is stored already is unchanged.

    Raises ``CatalogueError`` naming every fault by file and line, and ``Conflict`` when a stored version has other
    content: a published version is never changed, a correction is a new version.
    """
    folders = sorted(path for path in (root or settings.STATUTE_DIR).iterdir() if path.is_dir())
    catalogues = [read_folder(folder) for folder in folders]
    with transaction.atomic():
        return [store(parsed) for parsed in catalogues]


def store(entry: Catalogue) -> CatalogueVersion:
    """The row of this version, created if it does not exist; ``Conflict`` if it exists with other content."""
    content = as_json(entry)
    digest = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
    row, _made = CatalogueVersion.objects.get_or_create(
        jurisdiction=entry.jurisdiction,
        version=entry.version,
        defaults={"valid_from": entry.valid_from, "valid_to": entry.valid_to, "sha256": digest, "content": content},
    )
    if row.sha256 != digest:
        message = _(
            "This version of the catalogue is stored already, with other content. Give the changed one a new version."
        )
        raise Conflict(Problem("version-already-published", message, "version", {"version": entry.version}))
    return row


def in_force(jurisdiction: str | None = None, at: datetime | date | None = None) -> CatalogueVersion:
    """The version in force at ``at`` (now if not given), by the local calendar day; raises :class:`NoLawInForce`."""
    moment = at or timezone.now()
    day = timezone.localdate(moment) if isinstance(moment, datetime) else moment
    place = jurisdiction or settings.JURISDICTION
    lasts = Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    began = CatalogueVersion.objects.filter(lasts, jurisdiction=place, valid_from__lte=day)
    # A version with a later first day prevails over an older one that was never given a last day.
    found = began.order_by("-valid_from", "-loaded_at").defer("content").first()
    if found is None:
        raise NoLawInForce(f"no catalogue of {place!r} is in force on {day:%Y-%m-%d}; run manage.py load_statute")
    return found


def catalogue(version: CatalogueVersion | int) -> Catalogue:
    """The parsed catalogue of a stored version (a row or its primary key).

    Cached in the process, as rows never change.
    """
    return _parsed(version.pk if isinstance(version, CatalogueVersion) else version)


def measures_law(version: int) -> Catalogue:
    """The catalogue that says which measures the outcomes of a stored version apply.

    That version itself; or, for one published before catalogues named measures, the one in this installation's files.
    """
    entry = catalogue(version)
    return entry if entry.measures else _from_files(settings.STATUTE_DIR / entry.jurisdiction) or entry


@lru_cache(maxsize=4)
def _from_files(folder: Path) -> Catalogue | None:
    return read_folder(folder) if folder.is_dir() else None


@lru_cache(maxsize=16)
def _parsed(pk: int) -> Catalogue:
    return parse(CatalogueVersion.objects.values_list("content", flat=True).get(pk=pk))


def parse(content: dict[str, Any]) -> Catalogue:
    """A stored catalogue; ``CatalogueError`` if this version of the program cannot read it."""
    faults = Faults()
    entry = bind(Catalogue, from_json(content), faults)
    faults.stop_if_any()
    return finish(entry)
