"""Compares checkpoints of the audit log that the user has kept with the one in a container.

A log that shows two people different histories signs both. Kept checkpoints prove this: trees of the same size have
the same root, and a larger tree begins with every smaller one (RFC 9162, 2.1.4).
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import replace

from signatures.container.offline import Line, Trust, Verdict
from signatures.report.faults import Fault, FaultError, fault_of
from signatures.tlog.transparency import HASH_BYTES, Checkpoint, Proof, Verifier, verify_consistency

NAME = "held-checkpoint"
# Concatenated signed notes, as a log publishes those of a day.
_NOTE = re.compile(r"\S.*?\n\n(?:\u2014 [^\n]+\n)+", re.DOTALL)


def compare(verdict: Verdict, proof: str, kept: str, consistency: str, trust: Trust) -> Verdict:
    """The verdict with a line added: whether the log of the container's proof is consistent with the kept checkpoints.

    ``proof``: the container's inclusion proof. ``kept``: signed checkpoints in text. ``consistency``: hashes in base64,
    one per line, from the smaller to the larger of two trees of different size; may be empty. ``ValueError`` if the
    checkpoints or the hashes are malformed.
    """
    keys = [Verifier.parse(key) for key in trust.log_keys]
    notes = _NOTE.findall(kept)
    if not notes or "".join(kept.split()) != "".join("".join(notes).split()):
        raise FaultError(Fault("not-checkpoints"))
    held = [Checkpoint.open(note, keys) for note in notes]
    hashes = []
    for line in consistency.split():
        try:
            hashes.append(base64.b64decode(line, validate=True))
        except binascii.Error as fault:
            raise FaultError(Fault("consistency-proof-not-base64")) from fault
        if len(hashes[-1]) != HASH_BYTES:
            raise FaultError(Fault("consistency-proof-hash-size"))
    return replace(verdict, lines=(*verdict.lines, _line(proof, held, hashes, keys)))


def _line(proof: str, held: Sequence[Checkpoint], hashes: Sequence[bytes], keys: Sequence[Verifier]) -> Line:
    if not proof:
        return Line(NAME, "", "INDETERMINATE", Fault("container-without-inclusion-proof"))
    try:
        brought = Checkpoint.open(Proof.parse(proof).note, keys)
        same_log = [checkpoint for checkpoint in held if checkpoint.origin == brought.origin]
        if not same_log:
            return Line(NAME, brought.origin, "INDETERMINATE", Fault("checkpoints-of-another-log"))
        return _compared(brought, same_log, hashes)
    except ValueError as fault:
        # Neither a proof nor its hashes are signed: an invalid one does not show a second history.
        return Line(NAME, "", "INDETERMINATE", fault_of(fault))


def _compared(brought: Checkpoint, held: Sequence[Checkpoint], hashes: Sequence[bytes]) -> Line:
    """Compare with the kept checkpoint of the same size, else with the largest one by the consistency proof."""
    largest = max(held, key=lambda checkpoint: checkpoint.size)
    kept = next((checkpoint for checkpoint in held if checkpoint.size == brought.size), largest)
    small, large = sorted((kept, brought), key=lambda checkpoint: checkpoint.size)
    place = f"{kept.origin}: {kept.size} \N{RIGHTWARDS ARROW} {brought.size}"
    if small.size == large.size and small.root != large.root:
        return Line(NAME, place, "TOTAL_FAILED", Fault("log-histories-differ"))
    if small.size != large.size and not hashes:
        return Line(NAME, place, "INDETERMINATE", Fault("consistency-proof-needed"))
    proof = hashes if small.size != large.size else ()
    verify_consistency(small.size, large.size, small.root, large.root, proof)
    return Line(NAME, place, "TOTAL_PASSED")
