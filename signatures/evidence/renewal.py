"""Archive renewal modelled on RFC 4998: one timestamp for many records, by a hash tree.

Before an algorithm or a timestamp's certificate expires, all records get a new token. A leaf is the digest of the whole
record with all its earlier renewals, so the new algorithm protects everything before it. A record stores only the
sibling hashes on its path to the root and is verified without the other records.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from signatures.asn1 import oids
from signatures.cms.attributes import identifier_fault
from signatures.crypto.algorithms import DIGESTS, Digest
from signatures.evidence.record import NO_SOURCES, Evidence, Renewal, Sources, Step
from signatures.evidence.timestamps import parse_token
from signatures.policy import Policy
from signatures.report.faults import Fault, FaultError

LEAF, NODE = b"\x00", b"\x01"
# 2^20 records under one token.
MAX_PATH = 20


@dataclass(frozen=True)
class Stamped:
    """A token over the root of a tree, and the revocation data for the token's certificate."""

    token: bytes
    sources: Sources = NO_SOURCES


def renew(records: Sequence[Evidence], stamp: Callable[[bytes], Stamped], digest: str = oids.SHA512) -> list[Evidence]:
    """Add a renewal to each record; all share the token that ``stamp`` returns for the tree's root. ``ValueError``."""
    if not 0 < len(records) <= 1 << MAX_PATH:
        raise ValueError(f"one to {1 << MAX_PATH} records are renewed at once")
    algorithm = DIGESTS[digest]
    # The tree from the leaves to the root; a node without a sibling moves up unchanged.
    levels = [[_leaf(record, algorithm) for record in records]]
    while len(below := levels[-1]) > 1:
        pairs = [below[place : place + 2] for place in range(0, len(below), 2)]
        levels.append([_node(pair[0], pair[1], algorithm) if len(pair) > 1 else pair[0] for pair in pairs])
    made = stamp(levels[-1][0])
    return [
        replace(record, renewals=(*record.renewals, Renewal(digest, _path(levels, place), made.token, made.sources)))
        for place, record in enumerate(records)
    ]


def fades_at(evidence: Evidence, policy: Policy) -> datetime | None:
    """When the last proof of the signature's time ends; ``None`` if there is no timestamp.

    A timestamp's proof ends when its authority's certificate expires, or when its digest or key is no longer accepted.
    ``ValueError`` for a token that cannot be read.
    """
    tokens = [evidence.renewals[-1].token] if evidence.renewals else list(evidence.timestamps)
    tree = policy.digests.get(evidence.renewals[-1].digest) if evidence.renewals else None
    ends = []
    for token in tokens:
        parsed = parse_token(token, policy)
        signer = next(facts for facts in parsed.certificates if not identifier_fault(parsed.signer, facts))
        names = {policy.digests[parsed.signer.digest.oid].name, signer.strength}
        names |= {tree.name} if tree else set()
        ends.append(min([signer.not_after, *(policy.sunsets[name] for name in names if name in policy.sunsets)]))
    return max(ends, default=None)


def compute_root(record: Evidence, number: int, algorithm: Digest) -> bytes:
    """The tree root under renewal ``number`` of a record; ``ValueError`` if the path is too long."""
    path = record.renewals[number].path
    if len(path) > MAX_PATH:
        raise FaultError(Fault("renewal-path-too-long", limit=MAX_PATH))
    found = _leaf(record.before(number), algorithm)
    for step in path:
        pair = (step.neighbour, found) if step.is_left else (found, step.neighbour)
        found = _node(*pair, algorithm)
    return found


def _leaf(record: Evidence, algorithm: Digest) -> bytes:
    return algorithm.compute(LEAF + record.dumps())


def _node(left: bytes, right: bytes, algorithm: Digest) -> bytes:
    return algorithm.compute(NODE + left + right)


def _path(levels: list[list[bytes]], place: int) -> tuple[Step, ...]:
    path = []
    for level in levels[:-1]:
        if (neighbour := place ^ 1) < len(level):
            path.append(Step(level[neighbour], is_left=neighbour < place))
        place //= 2
    return tuple(path)
