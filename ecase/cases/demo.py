"""A fictional city with its court, for the demo. Loading it again changes nothing."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ecase.audit import services as audit
from ecase.cases import services
from ecase.cases.models import Case
from ecase.officers import posts
from ecase.officers.models import DutyShift, Officer, Organisation, Post
from signatures.demo import pki as demo_pki

FOLDER = settings.BASE_DIR / "fixtures" / "demo"
IN_OFFICE_SINCE = datetime(2026, 1, 5, tzinfo=UTC)
OFFICER = ("surname", "given_name", "patronymic", "sex", "language")

COUNTED: dict[str, Any] = {
    "organisations": Organisation,
    "officers": Officer,
    "posts": Post,
    "shifts": DutyShift,
    "cases": Case,
}


def load() -> None:
    """Write the missing bodies, officers, duty rosters and cases, all or none."""
    with transaction.atomic():
        before = _counts()
        bodies = _organisations()
        _officers(bodies)
        _rosters(bodies, timezone.localtime())
        for entry in _read("cases"):
            if not Case.objects.filter(number=entry["number"]).exists():
                _case(entry, bodies)
        counts = _counts()
        if counts != before:
            audit.append("demo.loaded", chain="system", actor=audit.service_actor(), subject={}, data=counts)


def make_keys(folder: Path) -> None:
    """Make the demo's certification authority and a key for every officer without one, in ``folder``."""
    demo_pki.make(folder, people())
    (folder / "people.json").write_text(json.dumps(people(), ensure_ascii=False, indent=1))


def people() -> list[dict[str, str]]:
    """The people whose keys ``signatures.demo.pki`` makes; the database may still be empty."""
    bodies = {entry["code"]: entry for entry in _read("organisations")}
    found = []
    for officer in _read("officers"):
        body = bodies[officer["organisation"]]
        names = {name: officer[name] for name in ("iin", "surname", "given_name", "patronymic", "role")}
        # In three languages for the demo signer's page, which has no other.
        shown = " · ".join(body[f"name_{language}"] for language in ("kk", "ru", "en"))
        found.append({**names, "bin": body["bin"], "organisation": body["name_kk"], "organisation_shown": shown})
    return found


def visitors() -> list[dict[str, str]]:
    """Everybody who can sign in to the demo, in the order of the file: the row of ``demo_data --list``."""
    found = []
    for entry in _read("officers"):
        for post in posts.current().filter(officer__iin=entry["iin"], role=entry["role"]):
            officer = post.officer
            organisation = post.organisation.name(officer.language)
            known = {"iin": officer.iin, "language": officer.language}
            found.append({"name": officer.full_name, "role": post.role, "organisation": organisation, **known})
    return found


def _read(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def _organisations() -> dict[str, Organisation]:
    bodies: dict[str, Organisation] = {}
    for entry in _read("organisations"):
        parent = bodies.get(entry.pop("parent", ""))
        number = entry.pop("bin")
        bodies[entry["code"]], _new = Organisation.objects.get_or_create(
            bin=number, defaults={**entry, "parent": parent}
        )
    return bodies


def _officers(bodies: dict[str, Organisation]) -> None:
    for entry in _read("officers"):
        known = {name: entry[name] for name in OFFICER}
        officer, _new = Officer.objects.get_or_create(iin=entry["iin"], defaults=known)
        Post.objects.get_or_create(
            officer=officer,
            organisation=bodies[entry["organisation"]],
            role=entry["role"],
            defaults={"valid_from": IN_OFFICE_SINCE},
        )


def _rosters(bodies: dict[str, Organisation], today: datetime) -> None:
    monday = today.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=today.weekday())
    duty = _read("duty")
    for roster in duty["rosters"]:
        holders = list(posts.holding(roster["role"], bodies[roster["organisation"]]))
        for starts_at in (monday + timedelta(weeks=week) for week in range(duty["weeks"])):
            # Shifted by the number of the week, so that loading again in another week does not change it.
            first = starts_at.toordinal() // 7
            for rank in range(len(holders)):
                DutyShift.objects.get_or_create(
                    post=holders[(first + rank) % len(holders)],
                    starts_at=starts_at,
                    defaults={"ends_at": starts_at + timedelta(weeks=1), "rank": rank + 1},
                )


def _case(entry: dict[str, Any], bodies: dict[str, Organisation]) -> None:
    opener = posts.current().get(officer__iin=entry["opened_by"])
    case = services.open_case(
        opener,
        entry["number"],
        language=entry["language"],
        qualification=entry["qualification"],
        summary=entry["summary"],
        prosecution=bodies[entry["prosecution"]],
        court=bodies[entry["court"]],
    )
    for iin in entry.get("colleagues", []):
        services.join_team(case, opener, Officer.objects.get(iin=iin))
    for fields in entry["persons"]:
        counsel = fields.pop("counsel", "")
        person = services.add_person(case, opener, **fields)
        if counsel:
            services.name_counsel(case, opener, person, Officer.objects.get(iin=counsel))


def _counts() -> dict[str, int]:
    return {kind: model.objects.count() for kind, model in COUNTED.items()}
