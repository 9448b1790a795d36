"""``python -m bench.hostile``: what signatures made to cost much do cost, in milliseconds and megabytes.

The target is 50 ms and 20 MB each, beside what a good signature costs. Tests count the work of the same inputs.
"""

import sys
import time
import tracemalloc
from collections.abc import Callable

from signatures import Expected, TrustStore, verify
from tests.signatures.gost_makers import FAMILIES, GostPki
from tests.signatures.hostile import hostile, slow
from tests.signatures.makers import BIN, CONTENT, IIN, NOW, RSA_KEY, Pki

MOST_MS, MOST_MB = 50, 20
ROUNDS = 5


def cost(act: Callable[[], object]) -> tuple[float, float]:
    """The best of some rounds in milliseconds, and the peak of memory in megabytes."""
    spent = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        act()
        spent.append(time.perf_counter() - begun)
    tracemalloc.start()
    act()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return min(spent) * 1000, peak / 1e6


def judge(cms: bytes, trust: TrustStore) -> Callable[[], object]:
    expected = Expected(iin=IIN, bin=BIN)
    return lambda: verify(cms, CONTENT, trust=trust, expected=expected, at=NOW)


def inputs() -> dict[str, tuple[bytes, TrustStore]]:
    """Each signature with the trust that it is judged by."""
    pki = Pki.make()
    trust, person = pki.trust(), pki.person()
    found = {"a good one, P-256": (person.sign(), trust), "a good one, RSA": (pki.person(RSA_KEY).sign(), trust)}
    found |= {name: (cms, trust) for name, cms in hostile(pki, person).items()}
    for family in FAMILIES:
        gost = GostPki(family)
        own = gost.trust()
        found |= {f"{name} ({family})": (cms, own) for name, cms in slow(gost).items()}
    return found


def main() -> int:
    """Print the table; exit code 1 if anything costs more than it may."""
    over = 0
    for name, (cms, trust) in inputs().items():
        milliseconds, megabytes = cost(judge(cms, trust))
        too_much = milliseconds > MOST_MS or megabytes > MOST_MB
        over += too_much
        print(f"{milliseconds:8.2f} ms {megabytes:8.2f} MB  {name}{'  TOO MUCH' if too_much else ''}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
