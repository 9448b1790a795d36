"""``python -m bench.hostile``: the cost of hostile inputs, in milliseconds and megabytes, next to their limits.

Each case has a limit of its own: a signature, the signed content (GOST digests are computed in pure Python, in 2 to 5
microseconds a byte), an evidence record. A container has a budget and a process with limits of its own
(``signatures.crypto.budget``, ``signatures.cli.sandbox``; ``python -m bench.hostile_uploads``). Tests count the work of
the same inputs.
"""

import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding

from signatures import DEFAULT, Evidence, Expected, TrustStore, verify
from signatures.evidence import Sources
from tests.signatures.gost_makers import FAMILIES, GostPki
from tests.signatures.hostile import hostile, slow
from tests.signatures.makers import BIN, CONTENT, IIN, NOW, RSA_KEY, SPAN, Pki

ROUNDS = 3
MIB = 1024 * 1024


@dataclass(frozen=True)
class Limit:
    """The limit of one input, on one otherwise idle core."""

    milliseconds: float
    megabytes: float


SIGNATURE = Limit(100, 20)
GOST_CONTENT = Limit(1000, 20)
EVIDENCE = Limit(500, 50)


def cost(act: Callable[[], object]) -> tuple[float, float]:
    """The best of several rounds, in milliseconds of CPU time, and the peak of memory in megabytes."""
    spent = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        act()
        spent.append(time.process_time() - begun)
    tracemalloc.start()
    act()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return min(spent) * 1000, peak / 1e6


def judge(
    cms: bytes, trust: TrustStore, content: bytes = CONTENT, kept: Evidence | None = None
) -> Callable[[], object]:
    expected = Expected(iin=IIN, bin=BIN)
    return lambda: verify(cms, content, trust=trust, expected=expected, at=NOW, evidence=kept)


def inputs() -> dict[str, tuple[Callable[[], object], Limit]]:
    """Each input by name: the call that processes it, and its limit."""
    pki = Pki.make()
    trust, person = pki.trust(), pki.person()
    good = {"a good one, P-256": person.sign(), "a good one, RSA": pki.person(RSA_KEY).sign()}
    found = {name: (judge(cms, trust), SIGNATURE) for name, cms in {**good, **hostile(pki, person)}.items()}
    for family in FAMILIES:
        gost = GostPki(family)
        own = gost.trust()
        found |= {f"{name} ({family})": (judge(cms, own), SIGNATURE) for name, cms in slow(gost).items()}
        content = b"x" * (256 * 1024)
        found[f"content of 256 KiB ({family})"] = (judge(gost.person().sign(content), own, content), GOST_CONTENT)
    return found | evidence(pki, good["a good one, P-256"])


def evidence(pki: Pki, cms: bytes) -> dict[str, tuple[Callable[[], object], Limit]]:
    """A record with the most items allowed, none of which proves anything; and a record that is refused unread."""
    trust, most = pki.trust(), DEFAULT.max_revocations
    foreign = Pki.make("OTHER").issuer.revocation_list(SPAN).public_bytes(Encoding.DER)
    own = pki.issuer.revocation_list(SPAN).public_bytes(Encoding.DER)
    records = {
        "foreign lists": Evidence(cms, CONTENT, (), Sources(crls=(foreign,) * most)),
        "lists of its own": Evidence(cms, CONTENT, (), Sources(crls=(own,) * most)),
        "tokens that are none": Evidence(cms, CONTENT, (cms,) * DEFAULT.max_timestamps, Sources()),
    }
    found = {f"evidence, {name}": (judge(cms, trust, kept=kept), EVIDENCE) for name, kept in records.items()}
    members = b'{"cms":[' + b"{}," * (MIB // 2)
    return {**found, "evidence of 1.5 MB, empty objects": (lambda: _refused(members), SIGNATURE)}


def _refused(data: bytes) -> None:
    try:
        Evidence.loads(data, 2 * MIB)
    except ValueError:
        return
    raise AssertionError("a record of empty objects was read")


def main() -> int:
    """Print the table; exit code 1 if anything exceeds its limit."""
    over = 0
    for name, (act, limit) in inputs().items():
        milliseconds, megabytes = cost(act)
        too_much = milliseconds > limit.milliseconds or megabytes > limit.megabytes
        over += too_much
        bounds = f"of {limit.milliseconds:4g} ms, {limit.megabytes:2g} MB"
        print(f"{milliseconds:8.2f} ms {megabytes:7.2f} MB  {bounds}  {name}{'  TOO MUCH' if too_much else ''}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
