"""``python -m bench.scale``: measure the watch and the pages on a database that ``bench.fill`` has filled.

Measures in one process, with nothing else running: a tick of the watch when nothing is due; its longest tick while it
works off a backlog; the server's time for every list of each role in the largest district. Prints each figure next to
its limit; exit code 1 if one exceeds it.

DATABASE_URL names the filled database and a superuser. Rows that the filling left due are settled first, past the
guards, and the backlog is made by acts of officers: the database stays filled and can be measured again.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from ecase.audit import keys as log_keys  # noqa: E402
from ecase.cases.models import Case  # noqa: E402
from ecase.officers import tokens  # noqa: E402
from ecase.officers.models import Officer, Organisation, Post  # noqa: E402
from ecase.outbox.models import Subscription  # noqa: E402
from signatures.demo import pki  # noqa: E402
from tests import factories  # noqa: E402
from tests.keys import Keyring  # noqa: E402
from tests.motions.world import World  # noqa: E402
from tests.past_guards import move, move_deadlines, past_guards  # noqa: E402
from tests.portal.conftest import sign_in  # noqa: E402
from workflows.deadlines.models import Deadline  # noqa: E402
from workflows.motions.models import Motion  # noqa: E402
from workflows.motions.worklists import worklists_of  # noqa: E402
from workflows.watch.duties import DUTIES  # noqa: E402

IDLE_MS, BACKLOG_MS, PAGE_MS = 200, 1_000, 200
ROUNDS, BEST_OF = 5, 3
DECIDED, MISSED, ENDED = 50, 50, 18
ROLES = ("investigator", "head_of_unit", "prosecutor", "judge", "clerk", "court_chair")
LARGEST = "f0-"
# Settles every row that would be due within the next day.
SETTLED = (
    "UPDATE motions_motion SET state = 'delivered' WHERE state = 'decided'",
    """UPDATE motions_motion SET ended_at = valid_until, warn_at = NULL
    WHERE ended_at IS NULL AND valid_until < now() + interval '1 day'""",
    "UPDATE motions_motion SET warn_at = NULL WHERE warn_at < now() + interval '1 day'",
    "UPDATE motions_motion SET close_at = NULL WHERE close_at < now() + interval '1 day'",
    """UPDATE deadlines_deadline SET state = 'void', voided_at = now() WHERE state IN ('running', 'missed')
    AND least(due_at, remind_at, escalate_at) < now() + interval '1 day'""",
    "UPDATE copies_copy SET remind_at = NULL WHERE remind_at < now() + interval '1 day'",
)
Figures = dict[str, float]


def timed(act: Callable[[], object]) -> float:
    """The time of a call in milliseconds."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


# -- the watch ------------------------------------------------------------------------------------------------------


def settle() -> None:
    """Settle all due rows: copied rows have no log entries, so no duty could handle them."""
    with past_guards() as cursor:
        for statement in SETTLED:
            cursor.execute(statement)
    for body in Organisation.objects.filter(code__startswith=LARGEST):
        Subscription.objects.get_or_create(organisation=body, url="https://receiver.example/")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def tick() -> Figures:
    """Run every duty once; milliseconds by duty."""
    return {duty.__name__: timed(lambda duty=duty: duty(timezone.now())) for duty in DUTIES}  # type: ignore[misc]


def idle() -> Figures:
    """The median of each duty and of the whole tick, with nothing due."""
    while any(duty(timezone.now()) for duty in DUTIES):
        pass
    ticks = [tick() for _round in range(ROUNDS)]
    each = {name: statistics.median(figures[name] for figures in ticks) for name in ticks[0]}
    return {"idle tick": statistics.median(sum(figures.values()) for figures in ticks), **each}


def backlog(world: World) -> None:
    """Create decisions to deliver, missed deadlines and sanctions that have ended."""
    ended = [world.decided("property_arrest", "sanctioned") for _number in range(ENDED)]
    missed = [world.filed("custody") for _number in range(MISSED)]
    for _number in range(DECIDED - ENDED):
        world.decided("search", "sanctioned")
    before = timezone.now() - timedelta(minutes=1)
    for motion in ended:
        move(motion, valid_until=before, warn_at=None)
    move_deadlines(Deadline.objects.filter(motion__in=missed, state="running"), due_at=before, at_once=False)


def worked_off() -> Figures:
    """The longest tick until nothing is left, its longest duty, and the number of ticks."""
    ticks, left = list[Figures](), True
    while left:
        ticks.append(tick())
        left = bool(waiting())
    longest = max(ticks, key=lambda figures: sum(figures.values()))
    print(f"backlog: {len(ticks)} ticks, {sum(sum(figures.values()) for figures in ticks):,.0f} ms in all")
    slowest = dict(sorted(longest.items(), key=lambda item: -item[1])[:4])
    return {"longest tick of a backlog": sum(longest.values()), **slowest}


def waiting() -> int:
    """The number of backlog rows left."""
    now = timezone.now()
    ending = Motion.objects.filter(valid_until__lt=now, ended_at=None).exclude(valid_until=None)
    missed = Deadline.objects.filter(state="running", due_at__lt=now, at_once=False)
    return Motion.objects.filter(state="decided").count() + ending.count() + missed.count()


def make_world(folder: Path) -> World:
    """A district with keys of its own; the copied districts have none."""
    for made in (
        factories.OrganisationFactory,
        factories.OfficerFactory,
        factories.CaseFactory,
        factories.PersonFactory,
    ):
        # The template's district and those of earlier runs were made by the same factories.
        made.reset_sequence(Officer.objects.count() * 10, force=True)
    return World(Keyring(folder))


# -- pages ----------------------------------------------------------------------------------------------------------


def pages(role: str) -> Figures:
    """The best time of each page of a post of this role in the largest district."""
    post = Post.objects.filter(role=role, organisation__code__startswith=LARGEST).order_by("pk").first()
    assert post, f"the database has no {LARGEST}* district: fill it by bench.fill"
    reader = Client(headers={"Accept-Language": "kk"})
    sign_in(reader, post)
    found = {path: best(reader, path) for path in paths(post)}
    bearer = Client(headers={"Authorization": f"Bearer {tokens.issue(post)[1]}"})
    return {**found, "/api/v1/motions/": best(bearer, "/api/v1/motions/")}


def paths(post: Post) -> Iterator[str]:
    """Lists, searches by a number of this district, by one of another district and by a name, and other daily pages."""
    for worklist in worklists_of(post):
        yield f"/?scope={worklist.key}"
    for text in ("f0-26-1234", "f1-26-", "Тасқынов", "980000000123", "qqqq"):
        yield f"/?scope=all&q={text}"
    year = timezone.localdate() - timedelta(days=365)
    yield f"/statistics/?since={year}&until={timezone.localdate()}"
    yield from ("/inbox/", "/cases/", "/cases/?q=9800000001")
    case = Case.objects.visible_to(post).order_by("-opened_at").first()
    if case:
        yield f"/cases/{case.pk}/"


def best(client: Client, path: str) -> float:
    """The best of several requests, after one to warm up."""
    assert client.get(path).status_code == 200, (path, client.get(path).status_code)
    return min(timed(lambda: client.get(path)) for _round in range(BEST_OF))


# -- all ------------------------------------------------------------------------------------------------------------


def said(name: str, figure: float, limit: float | None = None) -> bool:
    """Print a figure; whether it exceeds its limit."""
    over = limit is not None and figure > limit
    print(f"{figure:10.1f} ms  {f'of {limit:5g} ms' if limit else '':12}  {name}{'  TOO MUCH' if over else ''}")
    return over


def watched(folder: Path) -> bool:
    """Print both figures of the watch, the duties indented; whether one exceeds its limit."""
    settle()
    found = idle()
    over = said("idle tick", found.pop("idle tick"), IDLE_MS)
    for name, figure in sorted(found.items(), key=lambda item: -item[1])[:6]:
        said(f"    {name}", figure)
    backlog(make_world(folder))
    (name, longest), *duties = worked_off().items()
    over = said(name, longest, BACKLOG_MS) or over
    for name, figure in duties:
        said(f"    {name}", figure)
    return over


def read() -> bool:
    """Print all pages of all roles; whether one exceeds the limit."""
    found = {(role, path): figure for role in ROLES for path, figure in pages(role).items()}
    over = [said(" ".join(key), figure, PAGE_MS) for key, figure in found.items()]
    return any(over)


def main() -> int:
    """Print the figures; 1 if one exceeds its limit."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--only", choices=("watch", "pages"), help="one of both halves")
    only = parser.parse_args().only
    settings.ALLOWED_HOSTS.append("testserver")
    # Nothing is collected here: no server runs.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    folder = settings.VAR_DIR / "bench" / connection.settings_dict["NAME"]
    pki.make(folder)
    settings.TRUST_DIR, settings.SERVICE_KEY_FILE = folder / "trust", folder / "service.pem"
    settings.MEDIA_ROOT, settings.CHECKPOINT_DIR = folder / "media", folder / "checkpoints"
    settings.LOG_KEY_FILE = folder / "log-key"
    log_keys.make()
    over = []
    if only != "pages":
        over.append(watched(folder))
    if only != "watch":
        over.append(read())
    return 1 if any(over) else 0


if __name__ == "__main__":
    sys.exit(main())
