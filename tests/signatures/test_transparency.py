"""RFC 6962 trees and C2SP formats, tested with published vectors and against each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.tlog import transparency as t

# The test tree of the RFC 6962 reference implementation and Go's sumdb.
LEAVES = [
    bytes.fromhex(h)
    for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# Inclusion and consistency vectors of the same reference implementation: (index or old size, size, hashes).
INCLUSION = [
    (0, 1, []),
    (0, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (5, 8, ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (1, 5, ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
]  # fmt: skip
CONSISTENCY = [
    (1, 1, []),
    (1, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (6, 8, ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 5, ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
]  # fmt: skip

# The example of the Go package golang.org/x/mod/sumdb/note.
GO_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = (
    GO_TEXT + "\n\u2014 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


class Tree:
    """A tree that stores every perfect subtree, as the audit log does."""

    def __init__(self, leaves):
        self.edge, self.nodes, self.roots = t.CompactRange(), {}, [t.EMPTY_ROOT]
        for leaf in leaves:
            self.nodes.update(self.edge.append(t.leaf_hash(leaf)))
            self.roots.append(self.edge.root())

    def inclusion(self, index, size):
        return t.proof_hashes(t.inclusion_ranges(index, size), self.nodes.__getitem__)

    def consistency(self, old, size):
        return t.proof_hashes(t.consistency_ranges(old, size), self.nodes.__getitem__)


def numbered(size):
    return Tree([str(number).encode() for number in range(size)])


def test_roots_are_those_of_the_reference_tree():
    assert [root.hex() for root in Tree(LEAVES).roots] == ROOTS


@pytest.mark.parametrize(("index", "size", "expected"), INCLUSION)
def test_inclusion_proofs_are_those_of_the_reference(index, size, expected):
    assert [h.hex() for h in Tree(LEAVES).inclusion(index, size)] == expected


@pytest.mark.parametrize(("old", "size", "expected"), CONSISTENCY)
def test_consistency_proofs_are_those_of_the_reference(old, size, expected):
    assert [h.hex() for h in Tree(LEAVES).consistency(old, size)] == expected


def test_every_leaf_of_every_small_tree_is_proven():
    tree = numbered(33)
    for size in range(1, 34):
        for index in range(size):
            leaf = t.leaf_hash(str(index).encode())
            t.verify_inclusion(leaf, index, size, tree.inclusion(index, size), tree.roots[size])


def test_every_small_tree_continues_every_smaller_one():
    tree = numbered(33)
    for size in range(1, 34):
        for old in range(1, size + 1):
            t.verify_consistency(old, size, tree.roots[old], tree.roots[size], tree.consistency(old, size))


@given(st.data())
def test_a_changed_inclusion_proof_is_refused(data):
    size = data.draw(st.integers(2, 40))
    index = data.draw(st.integers(0, size - 1))
    tree = numbered(size)
    proof, leaf = tree.inclusion(index, size), t.leaf_hash(str(index).encode())
    spoiled = data.draw(st.integers(0, len(proof) - 1))
    changed = [bytes(32) if at == spoiled else h for at, h in enumerate(proof)]
    for wrong in (changed, proof[:-1], [*proof, bytes(32)]):
        with pytest.raises(ValueError, match="proof"):
            t.verify_inclusion(leaf, index, size, wrong, tree.roots[size])
    with pytest.raises(ValueError, match="proof"):
        t.verify_inclusion(t.leaf_hash(b"another"), index, size, proof, tree.roots[size])


@given(st.data())
def test_a_rewritten_log_is_not_consistent(data):
    size = data.draw(st.integers(2, 40))
    old = data.draw(st.integers(1, size - 1))
    tree, rewritten = numbered(size), Tree([b"rewritten"] + [str(n).encode() for n in range(1, size)])
    with pytest.raises(ValueError, match="proof"):
        t.verify_consistency(old, size, tree.roots[old], rewritten.roots[size], rewritten.consistency(old, size))
    with pytest.raises(ValueError, match="proof"):
        t.verify_consistency(old, size, tree.roots[old], tree.roots[size], [*tree.consistency(old, size), bytes(32)])


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_the_tree_is_refused(index, size):
    with pytest.raises(ValueError, match="not in a tree"):
        t.inclusion_ranges(index, size)
    with pytest.raises(ValueError, match="not in a tree"):
        t.verify_inclusion(bytes(32), index, size, [], bytes(32))


@pytest.mark.parametrize(("old", "size"), [(0, 3), (4, 3)])
def test_a_tree_never_shrinks(old, size):
    with pytest.raises(ValueError, match="cannot continue"):
        t.consistency_ranges(old, size)
    with pytest.raises(ValueError, match="cannot continue"):
        t.verify_consistency(old, size, bytes(32), bytes(32), [])


# -- notes --------------------------------------------------------------------------------------------------------


def test_the_note_is_the_one_that_go_signs():
    signer = t.Signer.parse(GO_PRIVATE)
    assert signer.sign(GO_TEXT) == GO_NOTE
    assert str(signer.verifier) == GO_PUBLIC
    assert t.open_note(GO_NOTE, [t.Verifier.parse(GO_PUBLIC)]) == (GO_TEXT, (signer.verifier,))


def test_the_secret_is_not_in_the_repr():
    signer = t.Signer.parse(GO_PRIVATE)
    assert str(signer.secret) not in repr(signer)


@pytest.mark.parametrize(
    "note",
    [
        "",
        GO_TEXT,
        GO_NOTE[:-1],
        GO_NOTE.replace("answer", "key"),
        GO_NOTE.replace("\u2014 ", "- "),
        GO_NOTE.replace("x08go/", "x08gp/"),
        GO_NOTE.replace("nAM=", "nAN="),
        GO_NOTE.replace("then", "\tthen"),
        GO_NOTE + "\n",
    ],
)
def test_a_spoiled_note_is_refused(note):
    with pytest.raises(ValueError, match=r"."):
        t.open_note(note, [t.Verifier.parse(GO_PUBLIC)])


def test_a_note_of_strangers_only_is_refused():
    with pytest.raises(ValueError, match="no known key"):
        t.open_note(GO_NOTE, [t.Signer.generate("PeterNeumann").verifier])


def test_signatures_of_strangers_are_passed_over():
    foreign = t.Signer.generate("witness.example").sign(GO_TEXT)
    _, signed = t.open_note(GO_NOTE + foreign.removeprefix(GO_TEXT + "\n"), [t.Verifier.parse(GO_PUBLIC)])
    assert [verifier.name for verifier in signed] == ["PeterNeumann"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        GO_PUBLIC.replace("c74f", "c74e"),
        GO_PUBLIC.replace("ARpc", "AhpC"),
        GO_PUBLIC[:-4],
        "a b" + GO_PUBLIC,
    ],
)
def test_a_spoiled_key_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        t.Verifier.parse(text)
    with pytest.raises(ValueError, match=r"."):
        t.Signer.parse("PRIVATE+KEY+" + text)


# -- checkpoints and proofs ---------------------------------------------------------------------------------------


@pytest.fixture
def signer():
    return t.Signer.generate("log.example/audit")


def proof_text(signer, index=3, size=5):
    tree = numbered(size)
    note = signer.sign(str(t.Checkpoint(signer.name, size, tree.roots[size])))
    return str(t.Proof(index, tuple(tree.inclusion(index, size)), note))


def test_a_proof_stands_on_its_own(signer):
    proven = t.verify_proof(proof_text(signer), b"3", [str(signer.verifier)])
    assert (proven.index, proven.checkpoint.size, proven.checkpoint.origin) == (3, 5, signer.name)


def test_a_proof_with_extra_data_is_read(signer):
    text = proof_text(signer).replace("\nindex", "\nextra YWJj\nindex")
    assert t.verify_proof(text, b"3", [str(signer.verifier)]).index == 3


def test_a_single_leaf_is_its_own_proof(signer):
    assert t.verify_proof(proof_text(signer, 0, 1), b"0", [str(signer.verifier)]).checkpoint.size == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@v1", "@v2"),
        ("index 3", "index 2"),
        ("index 3", "index 03"),
        ("index 3", "index x"),
        ("index 3\n", ""),
        ("\n5\n", "\n6\n"),
        ("log.example/audit\n5", "log.example/other\n5"),
        ("\n\n", "\n"),
    ],
)
def test_a_spoiled_proof_is_refused(signer, old, new):
    with pytest.raises(ValueError, match=r"."):
        t.verify_proof(proof_text(signer).replace(old, new, 1), b"3", [str(signer.verifier)])


def test_a_proof_of_another_leaf_is_refused(signer):
    with pytest.raises(ValueError, match="does not lead"):
        t.verify_proof(proof_text(signer), b"4", [str(signer.verifier)])


def test_a_witness_alone_does_not_make_a_checkpoint(signer):
    witness = t.Signer.generate("witness.example")
    note = witness.sign(str(t.Checkpoint(signer.name, 1, bytes(32))))
    with pytest.raises(ValueError, match="has not signed"):
        t.Checkpoint.open(note, [witness.verifier, signer.verifier])


@given(st.text(max_size=200))
def test_any_text_is_refused_with_a_value_error(text):
    key = str(t.Signer.parse(GO_PRIVATE).verifier)
    for candidate in (text, t.PROOF_HEADER + "\n" + text, t.PROOF_HEADER + "\nindex 0\n\n" + text):
        with pytest.raises(ValueError, match=r"."):
            t.verify_proof(candidate, b"", [key])


# -- records ------------------------------------------------------------------------------------------------------


def test_a_record_travels_in_its_proof(signer):
    record = t.Record(bytes(32), "case:1", 7, b'{"event":"act.performed"}')
    tree = Tree([record.hash])
    note = signer.sign(str(t.Checkpoint(signer.name, 1, tree.roots[1])))
    text = str(t.Proof(0, (), note, bytes(record)))
    assert t.proven_record(text, [str(signer.verifier)]) == (
        record,
        t.verify_proof(text, record.hash, [str(signer.verifier)]),
    )
    changed = str(t.Proof(0, (), note, bytes(record).replace(b"performed", b"performeD")))
    with pytest.raises(ValueError, match="does not lead"):
        t.proven_record(changed, [str(signer.verifier)])


def test_a_proof_without_the_record_shows_that_there_is_one_and_no_more(signer):
    record = t.Record(bytes(32), "case:1", 7, b'{"event":"act.performed"}')
    note = signer.sign(str(t.Checkpoint(signer.name, 1, Tree([record.hash]).roots[1])))
    bare = str(t.Proof(0, (), note, record.hash))
    with pytest.raises(t.NotShown, match="does not show") as refused:
        t.proven_record(bare, [str(signer.verifier)])
    assert refused.value.proven == t.verify_proof(bare, record.hash, [str(signer.verifier)])
    with pytest.raises(ValueError, match="does not lead"):
        t.proven_record(str(t.Proof(0, (), note, bytes(32))), [str(signer.verifier)])


@given(st.binary(min_size=32, max_size=32), st.text(max_size=60), st.integers(0, 2**63), st.binary(max_size=100))
def test_a_record_is_read_as_it_was_written(prev, chain, seq, body):
    record = t.Record(prev, chain, seq, body)
    assert t.Record.parse(bytes(record)) == record


@pytest.mark.parametrize("size", [0, 33, 41])
def test_a_record_that_is_cut_off_is_refused(size):
    with pytest.raises(ValueError, match="cut off"):
        t.Record.parse(bytes(t.Record(bytes(32), "", 1, b""))[:size])


@pytest.mark.parametrize("leaf", [b"", b"x", bytes(31), bytes(33)])
def test_s_f15_a_hash_has_32_bytes(leaf):
    with pytest.raises(ValueError, match="32 bytes"):
        t.verify_inclusion(leaf, 0, 1, [], leaf)
    tree = numbered(4)
    proof, root, right = tree.inclusion(0, 4), tree.roots[4], t.leaf_hash(b"0")
    for arguments in ((right, 0, 4, [leaf, *proof[1:]], root), (right, 0, 4, proof, leaf)):
        with pytest.raises(ValueError, match="32 bytes"):
            t.verify_inclusion(*arguments)
    consistency = tree.consistency(2, 4)
    for known, new, hashes in ((leaf, root, consistency), (tree.roots[2], leaf, consistency), (leaf, leaf, [])):
        with pytest.raises(ValueError, match="32 bytes"):
            t.verify_consistency(2, 2 if not hashes else 4, known, new, hashes)


def test_s_f15_a_key_counts_once():
    """However often its signature stands in the note."""
    signer = t.Signer.generate("log.example")
    note = signer.sign("log.example\n1\nAAAA\n")
    line = note.rpartition("\n\n")[2]
    assert t.open_note(note + line * 3, [signer.verifier, signer.verifier])[1] == (signer.verifier,)
