"""The goals that a run has missed: where the excess is, and the next step. Made from the figures, as all words are."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bench import sentences
from bench.rounds import Compared

if TYPE_CHECKING:
    from bench.memory import Memory
    from bench.report import Found

PDF = "PDF/A (Typst)"


def describe(found: "Found") -> str:
    """A section with a paragraph for each missed goal; empty if every goal is met."""
    paragraphs = "\n\n".join(map(sentences.paragraph, _steps(found)))
    return f"## Goals that are missed\n\n{paragraphs}\n" if paragraphs else ""


def _steps(found: "Found") -> Iterator[str]:
    for name, limit in sentences.CPU_GOALS.items():
        if name in found.compared and not sentences.Goal(name, found.compared[name].ratio, limit).is_met:
            yield _of_cpu(name, found.compared[name], limit, found.statements["ecase"][name])
    if found.whole and not sentences.Goal("", max(found.whole["times"].values()), sentences.PDF_GOAL, digits=1).is_met:
        yield _of_whole_act(found.whole)
    if found.memory and not sentences.Goal("", found.memory.peak, sentences.MEMORY_GOAL, digits=0).is_met:
        yield _of_memory(found.memory)


def _of_cpu(name: str, both: Compared, limit: float, statements: float) -> str:
    own, most = both.ecase, both.other.cpu * limit
    by_statement = own.postgres / statements
    step = (
        "the web server's share alone is above it: the next step is Python's part of the request"
        if own.web > most
        else f"the next step is fewer statements: PostgreSQL takes {by_statement:.2f} ms for each"
    )
    return (
        f"{sentences.SHORT[name].capitalize()} takes {own.cpu:.1f} ms, {own.web:.1f} in the web server and "
        f"{own.postgres:.1f} in PostgreSQL with {statements:.0f} statements. The goal is {most:.1f} ms; {step}."
    )


def _of_whole_act(whole: dict[str, Any]) -> str:
    """The excess of the slowest kind, and the largest parts that together are as much."""
    slowest = max(whole["times"], key=whole["times"].__getitem__)
    excess = whole["acts"][slowest] - sentences.PDF_GOAL * whole["pdf"][slowest]
    others = sorted(((ms, part) for part, ms in whole["parts"].items() if part != PDF), reverse=True)
    named = ", ".join(f"{part} ({ms:.1f} ms)" for ms, part in others[:3])
    return (
        f"A whole act of the slowest kind ({slowest}) is {excess:.1f} ms above the goal. The largest parts besides the "
        f"PDF are, as means of these kinds: {named}. The next step is the first of them; its functions are in the "
        "profile below."
    )


def _of_memory(memory: "Memory") -> str:
    first, last = memory.after[0], memory.after[-1]
    grown = last - first
    step = "what a worker loads once" if first > grown else "what stays behind each request"
    return (
        f"A web worker's peak is {memory.peak - sentences.MEMORY_GOAL:.0f} MB above the goal: {first:.0f} MB are there "
        f"after a tenth of the requests, {grown:.0f} MB have come since. The next step is {step}."
    )
