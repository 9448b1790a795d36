"""S-F1, F-F4: a container has limits by kind of entry, the same for writer and reader."""

import io
import zipfile
from collections import Counter
from dataclasses import replace

import pytest

from signatures import canonical, container
from signatures.container import Evidence, SignedAct, TooLarge, archive, strict_zip
from signatures.container.limits import LARGER, MIB, USUAL, Limits
from signatures.container.offline import examine
from signatures.crypto import algorithms, budget
from tests.signatures.acts import Court, file, sha256, statement
from tests.signatures.gost_makers import GostPki
from tests.signatures.makers import NOW


@pytest.fixture(scope="module")
def court() -> Court:
    return Court()


def acts(court: Court, count: int, files: dict[str, bytes], padding: int = 0) -> Evidence:
    """A chain of acts, the last with the files."""
    made: list[SignedAct] = []
    for position in range(1, count + 1):
        last = position == count
        listed = [file(name, data) for name, data in files.items()] if last else []
        payload = {"reasons": "x" * padding}
        previous = made[-1] if made else None
        made.append(court.act(statement(position, "motion", previous, files=listed, payload=payload)))
    return Evidence(made[-1], tuple(made[:-1]), files)


SMALL = Limits(files=3, file_bytes=3000, acts=3, act_bytes=4096, acts_bytes=9000, other_bytes=200_000, entries=40)
# A container at the limit, and one just beyond it.
SIZES = {
    "files": (lambda court: acts(court, 1, named(3, 10)), lambda court: acts(court, 1, named(4, 10))),
    "bytes of files": (lambda court: acts(court, 1, named(3, 1000)), lambda court: acts(court, 1, named(3, 1001))),
    "acts": (lambda court: acts(court, 3, {}), lambda court: acts(court, 4, {})),
    "bytes of acts": (lambda court: acts(court, 2, {}, 3000), lambda court: acts(court, 3, {}, 3000)),
}


def named(count: int, size: int) -> dict[str, bytes]:
    return {f"{number}.pdf": bytes([number]) * size for number in range(count)}


@pytest.mark.parametrize("name", SIZES)
def test_f_f4_what_may_be_written_may_be_read_and_no_more(court, name):
    within, beyond = SIZES[name]
    data = container.write(within(court), SMALL)
    assert examine(container.read(data, SMALL), court.trust, NOW, SMALL).indication == "TOTAL_PASSED"
    with pytest.raises(TooLarge, match=name):
        container.write(beyond(court), SMALL)
    larger = container.write(beyond(court), USUAL)
    with pytest.raises(ValueError, match=name):
        container.read(larger, SMALL)
    assert examine(container.read(larger, LARGER), court.trust, NOW).indication == "TOTAL_PASSED"


def packed(entries: dict[str, bytes]) -> bytes:
    """An archive by other software, without any checks."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.fixture
def unpacked(monkeypatch) -> Counter:
    """Counts the octets that are unpacked."""
    counted: Counter = Counter()
    true = strict_zip.Archive._chunks

    def watched(self, info):
        for chunk in true(self, info):
            counted["octets"] += len(chunk)
            yield chunk

    monkeypatch.setattr(strict_zip.Archive, "_chunks", watched)
    return counted


BOMBS = {
    "a manifest of nothing": {"manifest.json": b'{"entries":[' + b"{}," * (8 * MIB)},
    "an act": {"acts/1-motion/act.json": bytes(MIB)},
    "evidence": {"acts/1-motion/evidence.json": bytes(3 * MIB)},
    "something to read": {"evidence/report.json": bytes(3 * MIB)},
    "one large entry": {"files/a.pdf": bytes(101 * MIB)},
    "a name that nobody knows": {"else": bytes(3 * MIB)},
    "many acts": {f"acts/{number}-motion/act.json": b"{}" for number in range(51)},
    "many entries": {f"evidence/{number}": b"" for number in range(501)},
}


@pytest.mark.parametrize("name", BOMBS)
def test_s_f1_what_is_too_much_is_refused_before_it_is_unpacked(unpacked, name):
    with pytest.raises(ValueError, match=r"larger than|more than|too large|beyond reason"):
        container.read(packed(BOMBS[name]))
    assert unpacked["octets"] == 0


def test_s_f1_a_directory_of_more_lines_than_a_container_has_is_not_read(monkeypatch):
    data = packed({str(number): b"" for number in range(5000)})
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(ValueError, match="too large"):
        container.read(data)


def test_s_f1_another_directory_in_zip64_is_not_looked_at():
    data = packed({"a": b"x"})
    locator = b"PK\x06\x07" + bytes(16)
    with pytest.raises(ValueError, match="not a ZIP archive"):
        container.read(data[:-22] + locator + data[-22:])


def test_s_f1_a_container_within_a_container_has_limits_of_its_own(court):
    inner = packed({"mimetype": b"x", "act.json": bytes(8 * MIB), "META-INF/signature.p7s": b"x"})
    entries = [strict_zip.Entry("protocol.asics", inner)]
    data = strict_zip.write([*entries, archive._manifest(entries)])
    with pytest.raises(ValueError, match="too large"):
        container.read(data)


def test_files_are_hashed_and_not_held(court):
    found = container.read(container.write(acts(court, 1, named(2, 2000))))
    assert {name: vars(entry) for name, entry in found.files.items()} == {
        f"files/{name}": {"size": 2000, "sha256": sha256(data)} for name, data in named(2, 2000).items()
    }


@pytest.fixture
def slow(monkeypatch) -> Counter:
    """Counts the units of slow work that are spent."""
    counted: Counter = Counter()
    true = budget.spend

    def watched(units: int) -> None:
        true(units)
        counted["units"] += units

    monkeypatch.setattr(budget, "spend", watched)
    return counted


def gost_acts(pki: GostPki, count: int, padding: int) -> Evidence:
    """Acts with large payloads, signed by a person of that authority."""
    made: list[SignedAct] = []
    for position in range(1, count + 1):
        body = canonical.canonical(
            statement(position, "motion", made[-1] if made else None, payload={"reasons": "x" * padding})
        )
        made.append(SignedAct(body, pki.person().sign(body)))
    return Evidence(made[-1], tuple(made[:-1]))


def test_s_f1_no_digest_is_computed_for_a_key_that_no_pinned_authority_certified(court, slow):
    """The sender's own certificates: 4 acts of 200 kB would be 800,000 octets of a slow digest."""
    found = container.read(container.write(gost_acts(GostPki("2015-512"), 4, 200_000)))
    slow.clear()
    assert examine(found, court.trust, NOW).indication == "INDETERMINATE"
    assert slow["units"] <= 8 * budget.FAST_SIGNATURE


def test_s_f1_slow_work_ends_when_the_budget_of_a_container_is_spent(court, slow):
    """The same with trusted certificates: what remains unchecked is reported as INDETERMINATE."""
    pki = GostPki("2015-512")
    trust = replace(court.trust, store=pki.trust())
    found = container.read(container.write(gost_acts(pki, 4, 20_000)))
    slow.clear()
    little = replace(USUAL, slow_units=50_000)
    verdict = examine(found, trust, NOW, little)
    assert verdict.indication == "INDETERMINATE"
    assert any("--larger" in line.detail for line in verdict.lines)
    assert slow["units"] <= little.slow_units


def test_outside_a_container_nothing_is_counted():
    assert len(next(digest for digest in algorithms.DIGESTS.values() if digest.is_slow).compute(b"x")) == 32


def test_evidence_of_many_members_is_refused_before_it_is_parsed(monkeypatch):
    from signatures import Evidence as Record

    monkeypatch.setattr(canonical, "check", None)
    with pytest.raises(ValueError, match="members"):
        Record.loads(b"[" + b"{}," * 50_000, MIB)
