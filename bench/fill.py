"""``python -m bench.fill --motions N``: fill a database to the size of a country, to measure lists and the watch.

Every motion has what lists read: its row, its case with persons and team, and, of the past three months, its notices.
One in fifty has its whole life: acts, log entries, deadlines, copies, openings, attachments. All rows are copied from
motions that the service itself has brought to their states in one district; see ``bench.copying``. One district in ten
is ten times as large.

DATABASE_URL names a migrated, empty database and a superuser. Prints progress, and seconds and bytes at the end.
"""

import argparse
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Q  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.copying import BATCH, Change, Loader, Numbers, Row, rows_of, without_indexes  # noqa: E402
from ecase.audit.models import Entry  # noqa: E402
from ecase.cases.models import Case, Counsel, Person, TeamMember  # noqa: E402
from ecase.officers.models import Officer, Organisation, Post  # noqa: E402
from ecase.outbox.models import Message, Notice  # noqa: E402
from signatures.demo import pki as demo_pki  # noqa: E402
from tests.keys import Keyring  # noqa: E402
from tests.motions.world import World  # noqa: E402
from workflows.calendars.services import load_all as load_calendar  # noqa: E402
from workflows.copies.models import Copy  # noqa: E402
from workflows.deadlines.models import Deadline  # noqa: E402
from workflows.motions.models import Act, Attachment, Motion, Opening  # noqa: E402
from workflows.statute.catalogue import load_all  # noqa: E402
from workflows.watch.sanctions import deliver_decisions  # noqa: E402

WHOLE_LIFE = 50  # one motion in 50
MOTIONS_A_CASE = 2
DISTRICT_MOTIONS = 3_000
PAST_DAYS, NOTICED_DAYS = 700, 90
# How many of a hundred motions are in each state; the watch has work on the decided ones.
STATES = {"draft": 4, "submitted": 3, "assigned": 3, "delivered": 80, "search": 9, "decided": 1}
INVESTIGATORS, PROSECUTORS, JUDGES, DEFENDERS = 8, 3, 4, 40
# Tables that lose their indexes meanwhile. Persons keep theirs: a motion's search text reads them.
INDEXED = (Motion, Act, Entry, Deadline, Copy, Opening, Attachment, Message, Notice, TeamMember, Counsel)
# The trigger that writes it is off.
COMPUTED = {Motion: {"search": "motions_search_text(case_id, number, appeal_number, payload)"}}
Mapping = dict[Any, Any]


@dataclass
class Template:
    """A motion of the first district with all its rows."""

    motion: Row
    acts: list[Row]
    entries: list[Row]
    parts: dict[Any, list[Row]]
    messages: list[Row]
    notices: list[Row]

    @classmethod
    def of(cls, motion: Motion) -> "Template":
        acts = Act.objects.filter(motion=motion)
        mine = Q(motion=motion)
        return cls(
            rows_of(Motion.objects.filter(pk=motion.pk))[0],
            rows_of(acts),
            rows_of(Entry.objects.filter(pk__in=acts.values("entry"))),
            {model: rows_of(model.objects.filter(mine)) for model in (Attachment, Opening, Deadline, Copy)},
            rows_of(Message.objects.filter(key=str(motion.pk))),
            rows_of(Notice.objects.filter(key=str(motion.pk))),
        )


def templates(world: World) -> dict[str, Template]:
    """One motion in each of the states, brought there by acts of officers."""
    made: dict[str, Callable[[], Motion]] = {
        "draft": lambda: world.draft("custody"),
        "submitted": lambda: world.filed("custody"),
        "assigned": lambda: world.assigned("custody"),
        "delivered": lambda: world.decided("custody", "sanctioned"),
        "search": lambda: world.decided("search", "sanctioned"),
    }
    motions = {state: make() for state, make in made.items()}
    deliver_decisions(timezone.now())
    motions["decided"] = world.decided("custody", "sanctioned")
    return {state: Template.of(motion) for state, motion in motions.items()}


@dataclass
class District:
    """The ids that replace those of the template's district; some of them alternate."""

    number: int
    bodies: Mapping = field(default_factory=dict)
    staff: dict[str, list[tuple[Any, Any]]] = field(default_factory=dict)

    def ids(self, world: World, turn: int) -> Mapping:
        """Maps the template's ids to this district's: bodies, posts and officers."""
        found = dict(self.bodies)
        for role, posts in self.staff.items():
            post, officer = posts[turn % len(posts)]
            template = world.posts[role]
            found[template.pk], found[template.officer_id] = post, officer
        return {**found, **{str(old): str(new) for old, new in found.items()}}


def districts(world: World, number: int, loader: Loader) -> list[District]:
    """Create ``number`` districts with officers in office."""
    made = [_district(world, index, loader) for index in range(number)]
    loader.flush()
    return made


def _district(world: World, number: int, loader: Loader) -> District:
    district = District(number)
    bodies = [world.case.organisation, world.case.prosecution, world.case.court]
    for letter, body in zip("ipc", bodies, strict=True):
        row, pk = rows_of(Organisation.objects.filter(pk=body.pk))[0], uuid.uuid4()
        digits = f"{number:05d}{'ipc'.index(letter)}"
        loader.add(Organisation, {**row, "id": pk, "code": f"f{number}-{letter}", "bin": f"990000{digits}"})
        district.bodies[body.pk] = pk
    sizes = {"investigator": INVESTIGATORS, "prosecutor": PROSECUTORS, "judge": JUDGES}
    for place, role in enumerate(("investigator", "head_of_unit", "prosecutor", "judge", "court_chair", "clerk")):
        for turn in range(sizes.get(role, 1)):
            district.staff.setdefault(role, []).append(
                _officer(world.posts[role], district, f"{number:05d}{place}{turn}", loader)
            )
    counsel = [f"{number:05d}{turn:02d}" for turn in range(DEFENDERS)]
    template = world.posts["defender"]
    district.staff["defender"] = [_officer(template, district, digits, loader, "77777") for digits in counsel]
    return district


def _officer(template: Post, district: District, digits: str, loader: Loader, start: str = "88888") -> tuple[Any, Any]:
    officer, post = uuid.uuid4(), uuid.uuid4()
    person = rows_of(Officer.objects.filter(pk=template.officer_id))[0]
    held = rows_of(Post.objects.filter(pk=template.pk))[0]
    loader.add(Officer, {**person, "id": officer, "iin": f"{start}{digits}"[:12].ljust(12, "0")})
    place = district.bodies.get(template.organisation_id, template.organisation_id)
    loader.add(Post, {**held, "id": post, "officer_id": officer, "organisation_id": place})
    return post, officer


@dataclass
class Filler:
    """Copies motions into districts."""

    world: World
    templates: dict[str, Template]
    loader: Loader
    numbers: Numbers
    chance: random.Random
    made: int = 0

    def case(self, district: District, turn: int) -> Mapping:
        """Create a case with persons, its team's investigator and counsel; maps the template's ids to its own."""
        ids = district.ids(self.world, turn)
        change, case = Change(ids, timedelta(0)), uuid.uuid4()
        ids[self.world.case.pk], ids[str(self.world.case.pk)] = case, str(case)
        row = rows_of_case(self.world)
        self.loader.add(Case, change.of(row[Case][0], id=case, number=f"98{self.made:013d}"))
        for person in row[Person]:
            pk = uuid.uuid4()
            ids[person["id"]], ids[str(person["id"])] = pk, str(pk)
            self.loader.add(Person, change.of(person, id=pk))
        for model in (TeamMember, Counsel):
            for member in row[model]:
                self.loader.add(model, change.of(member, id=self.numbers.next(model)))
        return ids

    def motion(self, district: District, state: str, case_ids: Mapping, whole: bool) -> None:
        """Create one motion; if ``whole``, with its acts and all rows that belong to them."""
        template, pk = self.templates[state], uuid.uuid4()
        ids = {**case_ids, template.motion["id"]: pk, str(template.motion["id"]): str(pk)}
        age = self._age(state)
        change = Change(ids, timedelta(minutes=-age))
        self.made += 1
        given = {"id": pk, "last_act_id": None}
        if template.motion["number"]:
            given["number"] = f"f{district.number}-26-{self.made}"
        if whole:
            given["last_act_id"] = self._acts(template, change)
            self._parts(template, change)
        self.loader.add(Motion, change.of(template.motion, **given))
        if whole or age < NOTICED_DAYS * 24 * 60:
            self._notices(template, change)

    def _age(self, state: str) -> int:
        """Age in minutes: open motions are young, finished ones are spread over two years."""
        days = PAST_DAYS if state in ("delivered", "search") else 1
        return self.chance.randrange(days * 24 * 60)

    def _acts(self, template: Template, change: Change) -> Any:
        chain = f"fill:{change.ids[template.motion['id']]}"
        entries = {}
        for entry in template.entries:
            entries[entry["id"]] = self.numbers.next(Entry)
            self.loader.add(Entry, change.of(entry, id=entries[entry["id"]], chain=chain))
        for act in template.acts:
            pk = uuid.uuid4()
            change.ids[act["id"]], change.ids[str(act["id"])] = pk, str(pk)
        for act in template.acts:
            digests = {name: uuid.uuid4().hex * 2 for name in ("sha256", "cms_sha256", "signature_sha256")}
            self.loader.add(Act, change.of(act, entry_id=entries[act["entry_id"]], **digests))
        return change.ids[template.motion["last_act_id"]] if template.motion["last_act_id"] else None

    def _parts(self, template: Template, change: Change) -> None:
        for model, rows in template.parts.items():
            for row in rows:
                serial = isinstance(row["id"], int)
                self.loader.add(model, change.of(row, id=self.numbers.next(model) if serial else uuid.uuid4()))

    def _notices(self, template: Template, change: Change) -> None:
        messages = {}
        for message in template.messages:
            messages[message["id"]] = self.numbers.next(Message)
            self.loader.add(Message, change.of(message, id=messages[message["id"]], uuid=uuid.uuid4()))
        for notice in template.notices:
            given = {"id": self.numbers.next(Notice), "message_id": messages[notice["message_id"]]}
            self.loader.add(Notice, change.of(notice, **given))


_CASE: dict[Any, list[Row]] = {}


def rows_of_case(world: World) -> dict[Any, list[Row]]:
    """The template case with its persons, team and counsel."""
    if not _CASE:
        _CASE[Case] = rows_of(Case.objects.filter(pk=world.case.pk))
        _CASE.update({model: rows_of(model.objects.filter(case=world.case)) for model in (Person, TeamMember, Counsel)})
    return _CASE


def fill(motions: int, folder: Path) -> None:
    """Create ``motions`` motions."""
    world = _world(folder)
    found = templates(world)
    loader, numbers = Loader(COMPUTED), Numbers()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        # What a crash would lose is filled again.
        cursor.execute("SET synchronous_commit = off")
    with without_indexes(INDEXED):
        _copy_all(Filler(world, found, loader, numbers, random.Random(0)), motions)
        print("\nindexes", file=sys.stderr)
    numbers.store()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")


def _copy_all(filler: Filler, motions: int) -> None:
    loader, chance = filler.loader, filler.chance
    places = districts(filler.world, max(1, motions // DISTRICT_MOTIONS), loader)
    weights = [10 if place.number % 10 == 0 else 1 for place in places]
    kinds, shares = list(STATES), list(STATES.values())
    while filler.made < motions:
        district = chance.choices(places, weights)[0]
        ids = filler.case(district, filler.made)
        for state in chance.choices(kinds, shares, k=min(MOTIONS_A_CASE, motions - filler.made)):
            filler.motion(district, state, ids, whole=filler.made % WHOLE_LIFE == 0)
        if filler.made % BATCH < MOTIONS_A_CASE:
            loader.flush()
            _progress(filler.made, motions)
    loader.flush()


def _world(folder: Path) -> World:
    """The template's district, with its own keys and the law in force."""
    demo_pki.make(folder)
    settings.TRUST_DIR, settings.SERVICE_KEY_FILE = folder / "trust", folder / "service.pem"
    settings.MEDIA_ROOT = folder / "media"
    load_calendar()
    load_all()
    return World(Keyring(folder))


def _progress(made: int, wanted: int) -> None:
    print(f"\r{made:,} of {wanted:,} motions", end="", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--motions", type=int, default=300_000)
    wanted = parser.parse_args().motions
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        fill(wanted, Path(folder))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone()
    print(f"\n{wanted:,} motions in {time.monotonic() - began:.0f} s, {size / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
