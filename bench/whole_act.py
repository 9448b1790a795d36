"""One act from prepare to perform, through the application in one process: its duration beside its PDF's; its parts."""

import base64
import cProfile
import io
import json
import pstats
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from bench import seed  # sets Django up

# isort: split
from django.conf import settings
from django.db import connection
from django.test import Client

from ecase.audit import services as audit
from ecase.cases import documents
from ecase.officers import signing
from ecase.officers.models import Post
from signatures.keys.sealer import Sealer
from tests.motions.payloads import fill
from workflows.motions import queries
from workflows.motions.exports import act_json, papers
from workflows.motions.models import Motion
from workflows.motions.services import acting
from workflows.motions.states import ActType

settings.ALLOWED_HOSTS.append("testserver")
SHOWN = 12  # lines of the profile
# The parts that are timed separately, outermost first: time inside an inner one is not counted for the outer.
PARTS: list[tuple[str, Any, str]] = [
    ("PDF/A (Typst)", papers.papers, "render"),
    ("facts of the paper", papers, "paper_of"),
    ("storing the PDF", documents, "put_bytes"),
    ("canonical JSON", act_json, "canonical"),
    ("canonical JSON", audit, "canonical"),
    ("verifying the officer's signature", signing, "receive"),
    ("verifying the officer's signature", signing, "verify_received"),
    ("sealing the service's acts", Sealer, "sign"),
    ("verifying the service's seals", signing, "verify_seal"),
]


class Clock:
    """Own time by part, in seconds: time inside another part counts for the inner one only."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._inner = [0.0]

    @property
    def running(self) -> bool:
        """Whether a part is being timed: preparations between two acts are not."""
        return len(self._inner) > 1

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count the time of the block for ``name``."""
        begun = time.perf_counter()
        self._inner.append(0.0)
        try:
            yield
        finally:
            taken = time.perf_counter() - begun
            self.spent[name] += taken - self._inner.pop()
            self._inner[-1] += taken

    def wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function``, counted for ``name``."""

        def timed(*arguments: Any, **named: Any) -> Any:
            with self.part(name) if self.running else nullcontext():
                return function(*arguments, **named)

        return timed

    def query(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        """For ``connection.execute_wrapper``."""
        with self.part("PostgreSQL") if self.running else nullcontext():
            return execute(*arguments)


@contextmanager
def watched(clock: Clock) -> Iterator[None]:
    """Time every part inside the block."""
    kept = [(owner, name, getattr(owner, name)) for _part, owner, name in PARTS]
    for part, owner, name in PARTS:
        setattr(owner, name, clock.wrap(part, getattr(owner, name)))
    try:
        with connection.execute_wrapper(clock.query):
            yield
    finally:
        for owner, name, function in kept:
            setattr(owner, name, function)


class Walker:
    """Takes motions from draft to decision, act by act, as REST clients do."""

    def __init__(self) -> None:
        self.districts, self.client, self.clock = seed.make_districts(), Client(), Clock()

    def acts(self, number: int) -> Iterator[tuple[str, Motion, Post, dict[str, Any]]]:
        """The acts of a custody motion and of a search motion, each ready to be prepared."""
        district = self.districts[number % len(self.districts)]
        motion = district.draft(number, "custody")
        yield "custody: motion", motion, motion.author, {}
        payload = fill(acting.form(motion, ActType.AGREEMENT), motion.case)
        yield "custody: agreement (+ 2 acts of the service)", motion, district.prosecutor, payload
        yield self._decision(district, motion)
        motion = district.draft(number, "search")
        yield "search: motion (+ 2 acts of the service)", motion, motion.author, {}

    def _decision(self, district: seed.District, motion: Motion) -> tuple[str, Motion, Post, dict[str, Any]]:
        motion = Motion.objects.get(pk=motion.pk)
        judge = next(post for post in district.judges if post.officer_id == motion.judge_id)
        outcome = motion.kind_entry.outcomes[0].key
        payload = {"outcome": outcome, **fill(acting.form(motion, ActType.PROTOCOL, outcome), motion.case)}
        return "custody: protocol", motion, judge, payload

    def perform(self, number: int, name: str, motion: Motion, post: Post, payload: dict[str, Any]) -> float:
        """Prepare and perform over HTTP; the seconds of both requests, without the officer's signing."""
        district = self.districts[number % len(self.districts)]
        act_type = {"motion": "motion", "agreement": "agreement", "protocol": "protocol"}[name.split()[1]]
        queries.open_materials(queries.get(post, motion.pk), post)
        bearer = {"authorization": f"Bearer {district.tokens[post.pk]}"}
        begun = time.perf_counter()
        answer = self._post(f"/api/v1/motions/{motion.pk}/acts/", {"type": act_type, "payload": payload}, bearer)
        taken = time.perf_counter() - begun
        cms = base64.b64encode(district.keys.sign(post, base64.b64decode(answer["to_sign"]))).decode()
        begun = time.perf_counter()
        self._post(f"/api/v1/acts/{answer['id']}/signature/", {"cms": cms}, {**bearer, "idempotency-key": answer["id"]})
        return taken + time.perf_counter() - begun

    def _post(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        with self.clock.part("the rest: Django, DRF, rules, rows"):
            answer = self.client.post(path, body, content_type="application/json", headers=headers)
        assert answer.status_code == 201, answer.content
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def pdf_clock() -> Iterator[list[float]]:
    """The seconds that each PDF/A takes, and nothing else is timed: what a whole act is compared with."""
    kept, spent = papers.papers.render, list[float]()

    def timed(*arguments: Any, **named: Any) -> bytes:
        begun = time.perf_counter()
        try:
            return kept(*arguments, **named)
        finally:
            spent.append(time.perf_counter() - begun)

    papers.papers.render = timed
    try:
        yield spent
    finally:
        papers.papers.render = kept


def measure(walker: Walker, start: int, rounds: int, spent: list[float]) -> dict[str, list[tuple[float, float]]]:
    """Seconds of every act and of the PDF in it, by the act's name; ``spent`` is where PDFs are timed."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for number in range(start, start + rounds):
        for act in walker.acts(number):
            spent.clear()
            found[act[0]].append((walker.perform(number, *act), sum(spent)))
    return found


def main(rounds: int) -> None:
    """Print the figures as JSON: ms and multiples of the PDF by act, ms by part of an act, and the profile."""
    walker = Walker()
    with pdf_clock() as spent:
        measure(walker, 0, 2, spent)
        plain = measure(walker, 2, rounds, spent)
    walker.clock.spent.clear()
    with watched(walker.clock):
        count = sum(map(len, measure(walker, 2 + rounds, rounds, []).values()))
    answer = {
        "acts": {name: statistics.median(whole for whole, _pdf in times) * 1000 for name, times in plain.items()},
        "pdf": {name: statistics.median(pdf for _whole, pdf in times) * 1000 for name, times in plain.items()},
        "times": {name: statistics.median(whole / pdf for whole, pdf in times) for name, times in plain.items()},
        "parts": {name: seconds / count * 1000 for name, seconds in walker.clock.spent.items()},
        "profile": profile(walker, 2 + 2 * rounds, rounds),
    }
    print(json.dumps(answer))


def profile(walker: Walker, start: int, rounds: int) -> str:
    """The functions with the most own time."""
    profiler = cProfile.Profile()
    for number in range(start, start + rounds):
        for act in walker.acts(number):
            profiler.enable()
            walker.perform(number, *act)
            profiler.disable()
    text = io.StringIO()
    pstats.Stats(profiler, stream=text).strip_dirs().sort_stats("tottime").print_stats(SHOWN)
    return text.getvalue().partition("Ordered by")[2].partition("\n\n")[2].strip()


if __name__ == "__main__":
    main(int(sys.argv[1]))
