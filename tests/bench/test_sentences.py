"""The sentences of docs/benchmarks.md follow from the figures: none contradicts a table."""

import re

import pytest

from bench import report, sentences
from bench.memory import Memory
from bench.rounds import Compared, Figures

NAMES = ("search", "agreement", "withdrawal", "queue")


def figures(cpu: float, rate: float = 50.0) -> Figures:
    return Figures(rate=rate, p50=10.0, p95=20.0, web=cpu * 0.75, postgres=cpu * 0.25, client=0.01)


def found(ratio: float, times: float, peak: float) -> report.Found:
    own, peer = figures(8.0 * ratio), figures(8.0)
    whole = {
        "acts": {"custody: motion": 20.0 * times, "search: motion": 10.0},
        "pdf": {"custody: motion": 20.0, "search: motion": 10.0},
        "times": {"custody: motion": times, "search: motion": 1.0},
        "parts": {"PostgreSQL": 30.0, "PDF/A (Typst)": 20.0, "canonical JSON": 1.0},
        "profile": "",
    }
    return report.Found(
        rounds=4,
        motions=10_000,
        figures=dict.fromkeys(NAMES, own),
        compared={name: Compared(own, peer, (ratio,) * 4) for name in sentences.CPU_GOALS},
        statements={"ecase": dict.fromkeys(NAMES, 26), "peer": dict.fromkeys(NAMES, 15)},
        pgbench=dict.fromkeys([*NAMES, "prepared"], 200.0),
        whole=whole,
        memory=Memory(20_000, (150.0,) * 10, peak, 1.0),
        walk=50.0,
    )


def page(ratio: float, times: float = 2.0, peak: float = 150.0) -> str:
    return report.page(found(ratio, times, peak), "A machine.")


@pytest.mark.parametrize(("ratio", "met"), [(0.1, 3), (0.5, 2), (0.9, 1), (2.0, 0)])
def test_a_ratio_is_held_against_each_goal(ratio: float, met: int) -> None:
    text = " ".join(page(ratio).split())
    assert text.count("The goal (0.2) is met") + text.count("75) is met") + text.count("(1.1) is met") == met
    assert len(re.findall(rf"{ratio:.2f} times the peer's", text)) == 3


def test_an_earlier_commit_is_compared_by_the_same_pairs() -> None:
    run = found(0.5, times=2.0, peak=150.0)
    assert "Beside commit" not in report.page(run, "A machine.")
    run.earlier, run.earlier_commit = {"withdrawal": Compared(figures(2.0), figures(8.0), (0.2, 0.25, 0.3))}, "abc1234"

    text = " ".join(report.page(run, "A machine.").split())
    assert "## Beside commit abc1234" in text
    assert "CPU saved since: a withdrawal 75%." in text
    assert "| withdrawal (one act) | 1.5 + 0.5 = 2.0 ms | 6.0 + 2.0 = 8.0 ms | 0.25 (0.20 to 0.30) |" in text


@pytest.mark.parametrize(("times", "outcome"), [(2.5, "met"), (2.51, "met"), (2.6, "missed")])
def test_a_whole_act_is_held_against_its_pdf_as_printed(times: float, outcome: str) -> None:
    text = " ".join(page(1.0, times=times).split())
    assert f"takes {times:.1f} times as long as its PDF: the goal (2.5) is {outcome}" in text
    assert f"| {times:.1f} times its PDF | 2.5 times its PDF or less | {outcome} |" in text


@pytest.mark.parametrize(("peak", "outcome"), [(160.0, "within"), (161.0, "above")])
def test_memory_is_held_against_its_goal(peak: float, outcome: str) -> None:
    assert f"{peak:.0f} MB: {outcome} the goal of 160 MB" in " ".join(page(1.0, peak=peak).split())


def test_over_http_states_the_statements_of_every_request() -> None:
    table = page(1.0).partition("## Over HTTP")[2].partition("\n## ")[0]
    (head, _line, *rows) = [line for line in table.splitlines() if line.startswith("|")]
    assert head.split("|")[1].strip() == "request"
    assert head.split("|")[-2].strip() == "statements"
    assert [row.split("|")[1].strip() for row in rows] == [report.NAMES[name] for name in NAMES]
    assert {row.split("|")[-2].strip() for row in rows} == {"26"}


def test_a_missed_goal_has_its_figures_and_a_next_step() -> None:
    text = " ".join(
        page(1.0, times=3.0, peak=200.0).partition("## Goals that are missed")[2].partition("## ")[0].split()
    )
    assert "A page of the queue takes 8.0 ms, 6.0 in the web server and 2.0 in PostgreSQL with 26 statements" in text
    assert "The goal is 1.6 ms; the web server's share alone is above it" in text
    assert "(custody: motion) is 10.0 ms above the goal" in text
    assert "PostgreSQL (30.0 ms), canonical JSON (1.0 ms)" in text
    assert "A web worker's peak is 40 MB above the goal: 150 MB are there after a tenth" in text
    assert text.count("next step is") == 4, "page, withdrawal, whole act, memory; a search motion meets its goal"


def test_no_goal_is_missed() -> None:
    assert "Goals that are missed" not in page(0.1)
