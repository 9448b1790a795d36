"""``python -m bench.signatures``: cost of verification next to other verifiers; writes docs/benchmarks-signatures.md.

All candidates get the same signatures over the same content, in turns of a twentieth of a second, so that other load on
the machine affects all of them alike. CPU seconds are counted, including those of child processes.
"""

import asyncio
import itertools
import logging
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from bench.report import machine, table
from signatures import Evidence, Expected, verify
from signatures.asn1 import der
from signatures.crypto.algorithms import DIGESTS, MAX_KEPT
from signatures.crypto.gost.verify import matches, read_point
from signatures.evidence import Sources
from tests.signatures.gost_makers import GostOwner, GostPki
from tests.signatures.makers import BIN, IIN, NOW, P256_KEY, RSA_KEY, SPAN, Owner, Pki, attribute
from tests.signatures.oracles import openssl_version
from tests.signatures.services import asked, imprint, responder, tsa, value_of

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks-signatures.md"
# GOST digests are computed in pure Python: the content is an act.json of usual size.
GOST_CONTENT = b'{"schema":"ecase.act/1","text":"' + b"x" * 2_000 + b'"}'
CONTENT = b'{"schema":"ecase.act/1","text":"' + b"x" * 20_000 + b'"}'
EXPECTED = Expected(iin=IIN, bin=BIN)
TURN, ROUNDS = 0.05, 30
LIBRARY = f"cryptography {version('cryptography')}"
GOALS = {"RSA-2048": 3, "P-256": 2}
FIRST_GOAL = 4
OURS = "ecase, revocation from cached lists"
FIRST = "ecase, an officer's first signature after a start"
# More than are kept, so that each is new when its turn comes.
OFFICERS = MAX_KEPT + 88
PRIMITIVE = "the primitive alone"
Act = Callable[[], object]


@dataclass
class Kind:
    """One type of key: the candidates by name, and the CPU seconds of each for one verification, by round."""

    name: str
    candidates: dict[str, Act]
    spent: dict[str, list[float]] = field(default_factory=dict)

    def turn(self) -> None:
        """Run every candidate once, for a twentieth of a second or one verification."""
        for name, act in self.candidates.items():
            self.spent.setdefault(name, []).append(_cost(act))

    def cost(self, name: str) -> float:
        """The median of all rounds, in CPU seconds."""
        return statistics.median(self.spent[name])

    def times(self, name: str) -> float:
        """The cost as a multiple of the primitive's: the median of each round's ratio."""
        pairs = zip(self.spent[name], self.spent[PRIMITIVE], strict=True)
        return statistics.median(candidate / primitive for candidate, primitive in pairs)


def _cost(act: Act) -> float:
    end, count, begun = time.perf_counter() + TURN, 0, _cpu()
    while not count or time.perf_counter() < end:
        act()
        count += 1
    return (_cpu() - begun) / count


def _cpu() -> float:
    """User and system seconds of this process and of the children that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def kinds(folder: Path) -> list[Kind]:
    """The three types of keys; each candidate has verified once and passed."""
    pki = Pki.make()
    made = [_ordinary(name, pki, key, folder) for name, key in (("RSA-2048", RSA_KEY), ("P-256", P256_KEY))]
    made.append(_gost(GostPki("2015-512")))
    for kind in made:
        for name, act in kind.candidates.items():
            if act() is False:
                raise SystemExit(f"{kind.name}: {name} does not verify")
    return made


def _ordinary(name: str, pki: Pki, key: Any, folder: Path) -> Kind:
    owner = pki.person(key)
    cms, trust = owner.sign(CONTENT), pki.trust()
    # Each officer has a certificate of his own; one key for all is as slow to read as one for each.
    officers = itertools.cycle([pki.person(key).sign(CONTENT) for _ in range(OFFICERS)])
    # The verifier may cache what an officer's signatures share; no signature occurs twice in a row.
    more = (attribute("1.2.398.1", der.encode_integer(number)) for number in range(64))
    many = itertools.cycle([owner.sign(CONTENT, more=[extra]) for extra in more])
    token = tsa(pki.issuer).token(imprint(value_of(cms)))
    kept = Evidence(cms, CONTENT, (token,), Sources((asked(owner, responder(pki.issuer)),)))
    return Kind(
        name,
        {
            PRIMITIVE: _primitive(owner),
            OURS: lambda: verify(next(many), CONTENT, trust=trust, expected=EXPECTED, at=NOW).passed,
            FIRST: lambda: verify(next(officers), CONTENT, trust=trust, expected=EXPECTED, at=NOW).passed,
            "ecase, with timestamp and OCSP response": lambda: (
                verify(cms, CONTENT, trust=trust, expected=EXPECTED, at=NOW, evidence=kept, now=NOW).passed
            ),
            "pyHanko, revocation lists": _pyhanko(cms, pki),
            f"{openssl_version()}, `openssl cms`, revocation lists": _openssl(cms, pki, folder / name),
        },
    )


def _primitive(owner: Owner) -> Act:
    """``cryptography`` over the whole content, with a known key and no other check."""
    key, digest = owner.key, hashes.SHA256()
    if isinstance(key, rsa.RSAPrivateKey):
        public, scheme, signature = key.public_key(), padding.PKCS1v15(), key.sign(CONTENT, padding.PKCS1v15(), digest)
        return lambda: public.verify(signature, CONTENT, scheme, digest)
    elliptic, signed = key.public_key(), key.sign(CONTENT, ec.ECDSA(digest))
    return lambda: elliptic.verify(signed, CONTENT, ec.ECDSA(digest))


def _gost(pki: GostPki) -> Kind:
    """No known library reads these keys in Kazakhstan's encoding: the primitive is ours as well."""
    owner, trust = pki.person(), pki.trust()
    cms = owner.sign(GOST_CONTENT)
    return Kind(
        "GOST R 34.10-2015, 512 bits (over 2 kB)",
        {
            PRIMITIVE: _gost_primitive(owner),
            OURS: lambda: verify(cms, GOST_CONTENT, trust=trust, expected=EXPECTED, at=NOW).passed,
        },
    )


def _gost_primitive(owner: GostOwner) -> Act:
    assert owner.gost
    family, digest = owner.gost.family, DIGESTS[owner.gost.family.digest]
    signature, key = owner.gost.sign(GOST_CONTENT), read_point(family.curve, owner.gost.public)
    return lambda: matches(family.curve, key, digest.compute(GOST_CONTENT), signature)


def _pyhanko(cms: bytes, pki: Pki) -> Act:
    """The context is made once: certificates and lists are read beforehand, as for ours."""
    from asn1crypto import cms as other_cms
    from asn1crypto import x509 as other
    from pyhanko.sign.validation import async_validate_detached_cms
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    root, issuer = (
        other.Certificate.load(authority.certificate.public_bytes(Encoding.DER)) for authority in (pki.root, pki.issuer)
    )
    usage = KeyUsageConstraints(key_usage={"non_repudiation"}, extd_key_usage={"email_protection"})
    given: dict[str, Any] = {"trust_roots": [root], "other_certs": [issuer], "moment": NOW, "crls": _lists(pki)}
    context = ValidationContext(allow_fetching=False, revocation_mode="require", **given)
    loop = asyncio.new_event_loop()

    async def judged() -> bool:
        found = other_cms.ContentInfo.load(cms)["content"]
        status = await async_validate_detached_cms(CONTENT, found, context, key_usage_settings=usage)
        return bool(status.bottom_line)

    return lambda: loop.run_until_complete(judged())


def _openssl(cms: bytes, pki: Pki, folder: Path) -> Act:
    folder.mkdir()
    (folder / "cms").write_bytes(cms)
    (folder / "content").write_bytes(CONTENT)
    lists = [x509.load_der_x509_crl(crl).public_bytes(Encoding.PEM) for crl in _lists(pki)]
    authorities = [authority.certificate.public_bytes(Encoding.PEM) for authority in (pki.root, pki.issuer)]
    (folder / "ca.pem").write_bytes(b"".join(authorities + lists))
    command = "openssl cms -verify -cades -binary -inform DER -in cms -content content -CAfile ca.pem -crl_check_all"
    command += f" -no-CApath -no-CAstore -purpose smimesign -out /dev/null -attime {int(NOW.timestamp())}"
    words = command.split()
    return lambda: subprocess.run(words, cwd=folder, check=False, capture_output=True).returncode == 0


def _lists(pki: Pki) -> list[bytes]:
    return [authority.revocation_list(SPAN).public_bytes(Encoding.DER) for authority in (pki.root, pki.issuer)]


def page(found: list[Kind], about: str) -> str:
    """docs/benchmarks-signatures.md."""
    tables = [f"## {kind.name}\n\n{_table(kind)}" for kind in found]
    return "\n".join([HEAD.format(about=about), _goals(found), *tables, WHY.read_text(encoding="utf-8")])


def _table(kind: Kind) -> str:
    rows = [
        (name, f"{1 / kind.cost(name):,.0f}", f"{kind.cost(name) * 1e6:,.0f} µs", f"{kind.times(name):.1f}")
        for name in kind.candidates
    ]
    return table(("who", "verifications per CPU second", "each", "times the primitive"), rows)


def _goals(found: list[Kind]) -> str:
    rows = []
    for kind in found:
        for what, who, goal in (("warm", OURS, GOALS.get(kind.name)), ("an officer's first", FIRST, FIRST_GOAL)):
            if kind.name in GOALS and goal is not None:
                times = kind.times(who)
                row = (f"{times:.1f} times the primitive", f"within {goal} times", "yes" if times <= goal else "no")
                rows.append((f"{kind.name}, {what}", *row))
    return table(("key", "measured", "goal", "met"), rows)


HEAD = f"""# Benchmarks of signatures

`make bench-signatures` measures and writes this page; edit `bench/signatures.py` and `bench/why-signatures.md`.

{{about}}

Detached signatures over 20 kB, one at a time, on one core. All candidates take turns of 50 ms within one run and are
counted in CPU seconds, so that the load of the machine meets all of them alike; figures are medians of {ROUNDS} rounds.
The primitive is `cryptography` (for GOST: our own) over the same content with the key at hand: no CMS, no certificate,
no revocation. pyHanko keeps its context of trust between verifications; `openssl cms` is a process each time.
"""
WHY = Path(__file__).with_name("why-signatures.md")


def main() -> int:
    """Measure and write the page."""
    load = os.getloadavg()
    with tempfile.TemporaryDirectory() as folder:
        found = kinds(Path(folder))
        for _ in range(ROUNDS):
            for kind in found:
                kind.turn()
    PAGE.write_text(page(found, machine(f"cryptography {version('cryptography')}", load)), encoding="utf-8")
    print(_goals(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
