"""The sentences of docs/benchmarks.md, made from the figures of the run. None holds a figure that was typed."""

from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING, Any

from bench.rounds import QUEUE, Compared

if TYPE_CHECKING:
    from bench.memory import Memory
    from bench.report import Found

CPU_GOALS = {QUEUE: 0.20, "withdrawal": 0.75, "search": 1.1}  # of the peer's CPU
PDF_GOAL = 2.5  # times the PDF's own time
MEMORY_GOAL, GROWTH_GOAL = 160, 3  # MB
WALK_GOAL = 60  # seconds
SHORT = {QUEUE: "a page of the queue", "withdrawal": "a withdrawal", "search": "a search motion with its three acts"}
PEER_LACKS = (
    "tokens by digest, with an expiry and the post they are for",
    "secret motions, strict query parameters, ETags, names in three languages, whether a sanction is in force",
    "Idempotency-Key with the stored answer",
    "bytes frozen under a challenge that expires; BIN, role and purpose of certificates, revocation lists, the report",
    "a hash-chained log, append-only triggers, a state that only an act explains",
    "separation of roles, refusals on record, deadlines void with a reason",
    "messages to subscribers by an outbox, copies owed, duty calls, pending signatures",
    "routing and consents by the catalogue, a register without gaps",
    "a draw that commits to its next seed and reads rosters, conflicts and loads; seals on the service's own acts",
)
WIDTH = 120


@dataclass(frozen=True)
class Goal:
    """A figure beside its limit; both in ``unit``."""

    what: str
    measured: float
    limit: float
    unit: str = ""
    digits: int = 2

    @property
    def is_met(self) -> bool:
        """Whether the figure, as it is printed, is within the limit."""
        return round(self.measured, self.digits) <= self.limit

    def row(self) -> tuple[str, str, str, str]:
        unit = f" {self.unit}" if self.unit else ""
        outcome = "met" if self.is_met else "missed"
        return self.what, f"{self.measured:.{self.digits}f}{unit}", f"{self.limit:g}{unit} or less", outcome


def goals(found: "Found") -> list[Goal]:
    """Every goal that this run has measured."""
    made = [
        Goal(f"CPU of {SHORT[name]}, beside the stock peer's", found.compared[name].ratio, limit)
        for name, limit in CPU_GOALS.items()
        if name in found.compared
    ]
    if found.whole:
        worst = max(found.whole["times"].values())
        made.append(Goal("whole act, prepare to perform, slowest kind", worst, PDF_GOAL, "times its PDF", 1))
    if found.memory:
        made.append(Goal("peak memory of a web worker", found.memory.peak, MEMORY_GOAL, "MB", 0))
        made.append(Goal("its growth over the second half", found.memory.growth, GROWTH_GOAL, "MB", 1))
    if found.walk:
        made.append(Goal("the walk, cold start to verified container", found.walk, WALK_GOAL, "s", 1))
    return made


def peer(found: "Found") -> tuple[str, str]:
    """How both sides were measured; what came out and what the peer does not do."""
    before = paragraph(
        "`bench/peer` is the same pipeline as an ordinary Django project has it: REST framework with ModelSerializers, "
        "TokenAuthentication, CursorPagination, django-filter, django-fsm-2, django-fsm-log, django-auditlog, pyHanko. "
        f"Both sides take turns in this run, {_times(found.rounds)} each, every time with a fresh copy of their filled "
        f"database ({found.motions:,} motions of one prosecutor) and a new granian of 2 workers with 2 threads. CPU is "
        "that of the web workers and of all of PostgreSQL's processes, in ms a request, without the client's; figures "
        "are medians, ratios are made pair by pair."
    )
    said = [_compared(name, both) for name, both in found.compared.items()]
    lacks = "\n".join(fill(f"* {what}", WIDTH, subsequent_indent="  ") for what in PEER_LACKS)
    return before, f"{paragraph(' '.join(said))}\n\nThe peer does without:\n\n{lacks}"


def earlier(found: "Found") -> str:
    """What is compared, and how much was saved of each kind of request."""
    said = [f"{SHORT.get(name, name)} {1 - both.ratio:.0%}" for name, both in found.earlier.items()]
    return paragraph(
        f"The service as it was in commit {found.earlier_commit}, with the packages of today, takes its turns in the "
        f"same run. CPU saved since: {', '.join(said)}."
    )


def _compared(name: str, both: Compared) -> str:
    goal = Goal(name, both.ratio, CPU_GOALS[name])
    share = both.ecase.postgres / both.ecase.cpu
    return (
        f"{SHORT[name].capitalize()} takes {both.ecase.cpu:.1f} ms, {_relative(both.ratio)} the peer's; "
        f"{share:.0%} of it is PostgreSQL's. The goal ({goal.limit:g}) is {'met' if goal.is_met else 'missed'}."
    )


def _relative(ratio: float) -> str:
    return f"{ratio:.2f} times"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def over_http(found: "Found") -> tuple[str, str]:
    """How it was measured; what PostgreSQL alone would do."""
    before = paragraph(
        "Web server, PostgreSQL and load client share the cores: 4 persistent connections, each request with its "
        "token. Rates swing with the machine's other load. pgbench plays, in the same run, the statements that the "
        "service sends (captured from it), by the simple protocol: what PostgreSQL alone would do. Statements include "
        "those of the transaction."
    )
    said = [
        f"pgbench is {found.pgbench[name] / figures.rate:.1f} times as fast with the statements of {SHORT[name]}."
        for name, figures in found.figures.items()
        if name in SHORT
    ]
    planning = 1 - found.pgbench[QUEUE] / found.pgbench["prepared"]
    if planning > 0:
        said.append(f"With the page's statements prepared it saves {planning:.0%} of its time: that much is planning.")
    return before, paragraph(" ".join(said))


def whole_act(whole: dict[str, Any]) -> tuple[str, str]:
    """How it was measured; the largest parts."""
    before = paragraph(
        "Prepare (with its PDF/A) and perform (with its signature) through the whole application in one process, "
        "nothing else running; the officer's own signing is not counted. Medians; the PDF is timed inside the same act."
    )
    slowest = max(whole["times"], key=whole["times"].__getitem__)
    goal = Goal("", whole["times"][slowest], PDF_GOAL, digits=1)
    total = sum(whole["parts"].values())
    first, second, third = sorted(whole["parts"].items(), key=lambda part: -part[1])[:3]
    said = ", ".join(f"{name} {ms / total:.0%}" for name, ms in (first, second, third))
    after = (
        f"The slowest kind ({slowest}) takes {goal.measured:.1f} times as long as its PDF: the goal "
        f"({goal.limit:g}) is {'met' if goal.is_met else 'missed'}. The largest parts are: {said}."
    )
    return before, paragraph(after)


def memory(found: "Memory") -> str:
    """What was sent and what came out."""
    peak = Goal("", found.peak, MEMORY_GOAL, digits=0)
    growth = Goal("", found.growth, GROWTH_GOAL, digits=1)
    return paragraph(
        f"{found.requests:,} requests of all sorts: lists, motions, pages of the portal, preparations with their "
        f"PDF/A, acts. The peak of a worker is {found.peak:.0f} MB: {_within(peak)} the goal of {MEMORY_GOAL} MB. Over "
        f"the second half a worker grew by {found.growth:.1f} MB at most: {_within(growth)} the goal of "
        f"{GROWTH_GOAL} MB."
    )


def _within(goal: Goal) -> str:
    return "within" if goal.is_met else "above"


def paragraph(text: str) -> str:
    """``text`` in lines of the page's width."""
    return fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)
