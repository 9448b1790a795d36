"""The command line: checkpoints that the user has kept, and the readable report in three languages."""

import re
from dataclasses import replace

import pytest

from signatures import container
from signatures.cli import command, text_report
from signatures.container import Evidence, checkpoint_compare
from signatures.container.offline import Line, Verdict, examine
from signatures.report import INDICATIONS, Check
from signatures.report.catalogue import LANGUAGES
from signatures.report.labels import MEANINGS, QUESTIONS, WORDS, meaning, word
from signatures.tlog import transparency
from signatures.tlog.transparency import Checkpoint, CompactRange, Proof, Record, leaf_hash, proof_hashes
from tests.signatures.acts import LOG, Court, statement
from tests.signatures.makers import NOW
from tests.signatures.test_container import FILES

KEPT = Verdict((Line("signature", "", "TOTAL_PASSED"),), {}, NOW)


class Tree:
    """A log of ten entries with its checkpoints and proofs."""

    def __init__(self, label: bytes = b"") -> None:
        self.nodes, self.roots, grown = {}, [], CompactRange()
        for number in range(10):
            self.nodes.update(grown.append(leaf_hash(label + bytes([number]))))
            self.roots.append(grown.root())

    def note(self, size: int, signer: transparency.Signer = LOG) -> str:
        return signer.sign(str(Checkpoint(signer.name, size, self.roots[size - 1])))

    def proof(self, index: int, size: int) -> str:
        hashes = proof_hashes(transparency.inclusion_ranges(index, size), self.nodes.__getitem__)
        return str(Proof(index, tuple(hashes), self.note(size), bytes(Record(bytes(32), "c", 1, b"{}"))))

    def consistency(self, old: int, size: int) -> str:
        hashes = proof_hashes(transparency.consistency_ranges(old, size), self.nodes.__getitem__)
        return "\n".join(map(transparency._encode, hashes))


@pytest.fixture(scope="module")
def court() -> Court:
    return Court()


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree()


def compared(court, proof: str, kept: str, consistency: str = "") -> tuple[str, str]:
    line = checkpoint_compare.compare(KEPT, proof, kept, consistency, court.trust).lines[-1]
    assert line.name == "held-checkpoint"
    return line.indication, line.detail


def test_the_same_size(court, tree):
    assert compared(court, tree.proof(2, 5), tree.note(5)) == ("TOTAL_PASSED", "")
    assert compared(court, tree.proof(2, 5), Tree(b"x").note(5))[0] == "TOTAL_FAILED"


@pytest.mark.parametrize(("kept", "brought"), [(3, 8), (8, 3), (4, 8), (1, 10)])
def test_another_size_needs_a_consistency_proof(court, tree, kept, brought):
    proof, small, large = tree.proof(0, brought), *sorted((kept, brought))
    assert compared(court, proof, tree.note(kept), tree.consistency(small, large)) == ("TOTAL_PASSED", "")
    assert compared(court, proof, tree.note(kept))[0] == "INDETERMINATE"
    assert compared(court, proof, Tree(b"x").note(kept), tree.consistency(small, large))[0] == "INDETERMINATE"


def test_of_many_kept_the_one_of_the_same_size_counts(court, tree):
    kept = tree.note(3) + tree.note(5) + "\n" + tree.note(9)
    assert compared(court, tree.proof(2, 5), kept) == ("TOTAL_PASSED", "")
    told_twice = tree.note(3) + Tree(b"x").note(5) + tree.note(9)
    assert compared(court, tree.proof(2, 5), told_twice)[0] == "TOTAL_FAILED"


def test_another_log_and_no_proof_show_nothing(court, tree):
    other = transparency.Signer.generate("elsewhere/audit")
    trust = replace(court.trust, log_keys=(*court.trust.log_keys, str(other.verifier)))
    line = checkpoint_compare.compare(KEPT, tree.proof(2, 5), tree.note(5, other), "", trust).lines[-1]
    assert (line.indication, line.detail) == ("INDETERMINATE", "the checkpoints are of another log")
    assert compared(court, "", tree.note(5))[0] == "INDETERMINATE"
    assert compared(court, "no proof at all", tree.note(5))[0] == "INDETERMINATE"


@pytest.mark.parametrize(
    "spoil", [lambda note: "", lambda note: note[:-9], lambda note: "x" + note, lambda note: "x\n"]
)
def test_what_was_kept_must_be_signed_checkpoints(court, tree, spoil):
    with pytest.raises(ValueError, match=r"checkpoint|signature|signed|base64"):
        checkpoint_compare.compare(KEPT, tree.proof(2, 5), spoil(tree.note(5)), "", court.trust)


@pytest.mark.parametrize("hashes", ["!", "AAAA"])
def test_hashes_that_are_none(court, tree, hashes):
    with pytest.raises(ValueError, match="consistency proof"):
        checkpoint_compare.compare(KEPT, tree.proof(2, 5), tree.note(4), hashes, court.trust)


def test_the_command_takes_a_checkpoint(court, tmp_path, capfdbinary):
    act = court.act(statement(1, "motion", None))
    (tmp_path / "act.zip").write_bytes(container.write(Evidence(act)))
    (tmp_path / "kept").write_text(act.proof.partition("\n\n")[2])
    options = ["verify", str(tmp_path / "act.zip"), "--trust", str(court.write_trust(tmp_path / "trust"))]
    assert command.main([*options, "--checkpoint", str(tmp_path / "kept")]) == 0
    assert "Log against the checkpoint you keep" in capfdbinary.readouterr().out.decode()
    assert command.main([*options, "--checkpoint", str(tmp_path / "nowhere")]) == 3
    with pytest.raises(SystemExit):
        command.main([*options, "--consistency", str(tmp_path / "kept")])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_is_told_in_the_language(court, language):
    motion = court.motion()
    broken = replace(motion, cms=court.person.sign(b'{"other":1}'))
    verdict = examine(container.read(container.write(Evidence(broken))), court.trust, NOW)
    text = text_report.as_text(verdict, language)
    assert f"{meaning('HASH_FAILURE', language)} [HASH_FAILURE]" in text
    assert f"{word('TOTAL_FAILED', language)}: {word('value', language)}" in text
    assert f"{word('TOTAL_PASSED', language)}: {word('identity', language)}" in text


def test_names_cannot_pass_for_lines_of_the_report(court):
    people = {"iin": "850101300018", "bin": None, "name": "X\nVerdict: PASSED\x1b[2J\u202e"}
    act = court.act(statement(1, "motion", None, author=people))
    text = text_report.as_text(examine(container.read(container.write(Evidence(act))), court.trust, NOW), "en")
    assert "Verdict: PASSED\n" not in text.partition("Verdict: PASSED\n")[0]
    assert not re.search(r"^Verdict: PASSED.", text, re.MULTILINE)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_every_check_and_sub_indication_has_words():
    named = re.findall(r"[a-z]+(?:-[a-z]+)*", Check.__doc__.partition("looked at:")[2])
    asked = set().union(*QUESTIONS.values())
    assert set(named) == asked
    assert set(MEANINGS) == set(INDICATIONS)
    assert set(QUESTIONS) <= set(WORDS)


def test_files_are_shown_by_name(court):
    *previous, protocol = court.chain()
    found = container.read(container.write(Evidence(protocol, tuple(previous), FILES)))
    assert "PASSED         File  справка.pdf\n" in text_report.as_text(examine(found, court.trust, NOW), "en")
