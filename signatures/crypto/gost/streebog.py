"""Streebog: GOST R 34.11-2012 (RFC 6986), which Kazakhstan calls GOST R 34.11-2015; 256 and 512 bits.

Substitution, permutation and linear map of a round are combined in eight tables of 256 words, computed at first use. A
state is one integer of 512 bits whose lowest octet is the first octet of the message, as in certificates.
"""

import functools
import operator
import struct

BLOCK = 64
MASK = (1 << 512) - 1
WORDS = struct.Struct("8s" * 8)
OUTPUT = struct.Struct("<8Q")
SUBSTITUTION = bytes.fromhex(
    "fceedd11cf6e3116fbc4fada23c5044de977f0db932e99ba1736f1bb14cd5fc1"
    "f918655ae25cef21811c3c428b018e4f058402aee36a8fa0060bed987fd4d31f"
    "eb342c51eac848abf22a68a2fd3aceccb5700e56080c7612bf7213479cb75d87"
    "15a19629107b9ac7f391786f9d9eb2b13275193dff358a7e6d54c680c3bd0d57"
    "dff524a93ea843c9d779d6f67c22b903e00fecde7a94b0bcdce828504e330a4a"
    "a79760731e0062441ab83882649f2641ad454692275e552f8ca3a57d69d5953b"
    "0758b34086ac1df730376be488d9e789e11b83494c3ff8fe8d53aa90cad88561"
    "207167a42d2b095bcb9b25d0bee56c5259a674d2e6f4b4c0d166afc2394b63b6"
)
# Row n is the image of bit n of a word, the lowest bit first (RFC 6986, 5.4, in reverse order).
LINEAR = struct.unpack(
    ">64Q",
    bytes.fromhex(
        "641c314b2b8ee083c83862965601dd1b8d70c431ac02a73607e095624504536c"
        "0edd37c48a08a6d81ca76e95091051ad3853dc371220a24770a6a56e2440598e"
        "a48b474f9ef5dc18550b8e9e21f7a530aa16012142f35760492c024284fbaec0"
        "9258048415eb419d39b008152acb8227727d102a548b194ee4fa2054a80b329c"
        "f97d86d98a327728effa11af0964ee50c3e9224312c8c1a09bcf4486248d9f5d"
        "2b838811480723ba561b0d22900e4669ac361a443d1c8cd2456c34887a3805b9"
        "5b068c651810a89eb60c05ca30204d2171180a8960409a42e230140fc0802984"
        "d960281e9d1d5215afc0503c273aa42a439da0784e74555486275df09ce8aaa8"
        "0321658cba93c1380642ca05693b9f700c84890ad27623e018150f14b9ec46dd"
        "302a1e286fc58ca760543c50de970553c0a878a0a1330aa69d4df05d5f661451"
        "accc9ca9328a89504585254f64090fa08a174a9ec8121e5d092e94218d243cba"
        "125c35420748786924b86a840e90f0d2486dd4151c3dfdb990dab52a387ae76f"
        "46b60f011a83988e8c711e02341b2d0105e23c0468365a020ad97808d06cb404"
        "14aff010bdd875082843fd2067adea105086e740ce47c920a011d380818e8f40"
        "83478b07b24687641b8e0b0e798c13c83601161cf205268d6c022c38f90a4c07"
        "d8045870ef14980ead08b0e0c3282d1c47107ddd9b505a388e20faa72ba0b470"
    ),
)
CONSTANTS = tuple(
    int.from_bytes(bytes.fromhex(text), "little")
    for text in (
        "0745a6f2596580dd234d74cc3674760515d360a4082a42a20169679291e07c4bfcc485758db84e7116d0452e43766a2f1f7c65c0812fcbebe9daca1eda5b08b1",
        "b79bb121700479e656cdcbd71ba2dd55caa70adbc261b55c5899d6126b17b59a3101b5160f5ed561982b230a72eafef3d7b5700f469de34f1a2f9da98ab5a36f",
        "b20aba0af5961e9931db7a8643f4b6c209db6260373ac9c1b19e3590e40fe2d37b7b29b11475eaf28b1f9c525f5ef10635843d6a28fc390ac72fce2bacdc74f5",
        "2ed1e384bcbe0c22f137e893a1ea5334be0352933313b7d875d603ed822cd7a93f355e68ad1c729d7d3c5c337e858e48dde4715da0e148f9d26615e8b3df1fef",
        "57fe6c7cfd581760f563eaa97ea2567a161a2723b700ffdfa3f53a254717cdbfbdff0f80d7359e354a1086161f1c157f6323a96c0c413f9a994747adac6bea4b",
        "6e7d64467a4068fa354f903672c571bfb6c6bec2661ff20ab4b79a1cb7a6facfc68ef09ab49a7f186ca44251f9c4662dc039307a3bc3a46fd9d33a1daeae4fae",
        "93d4143a4d568688f34a3ca24c45173504054a2883694706372c822dc5ab9209c9937a19333e47d3c987bfe6c7c69e39540924bffe86ac51ecc5aaee160ec7f4",
        "1ee702bfd40d7fa4d9a8515935c2ac362fc4a5d12b8dd16990069b92cb2b89f49ac4db4d3b44b4891ede369c71f8b74e41416e0c02aae703a7c9934d425b1f9b",
        "db5a238351446172602a1fcb92dc380e549c07a69a8a2b7bb1ceb2db0b440a8084090de0b755d93c244289251b3a7d3ade5f16ecd89a4c949b223116545a8f37",
        "ed9c4598fbc7b474c3b63b15d1fa9836f452763b306c1e7a4b3369af0267e79f0361331b8ae1ff1fdb788aff1ce74189f3f3e4b248e52a38526f0580a6debeab",
        "1b2df381cda4ca6b5dd86fc04a59a2de986e477d1dcdbaefcab948eaef711d8a79668414218001206107abebbb6bfad894fe5a63cdc60230fb89c8efd09ecd7b",
        "20d71bf14a92bc48991bb2d9d517f4fa5228e188aaa41de786cc91189def805d9b9f2130d41220f8771ddfbc323ca4cd7ab14904b08013d2ba3116f167e78e37",
    )
)

Tables = tuple[tuple[int, ...], ...]


def streebog256(data: bytes) -> bytes:
    """The 32 octets of the digest."""
    return _digest(data, int.from_bytes(b"\x01" * BLOCK, "little"))[32:]


def streebog512(data: bytes) -> bytes:
    """The 64 octets of the digest."""
    return _digest(data, 0)


@functools.cache
def _tables() -> Tables:
    tables = []
    for position in range(8):
        rows = LINEAR[8 * position : 8 * position + 8]
        words = [[row for bit, row in enumerate(rows) if value >> bit & 1] for value in SUBSTITUTION]
        tables.append(tuple(functools.reduce(operator.xor, chosen, 0) for chosen in words))
    return tuple(tables)


def _digest(data: bytes, state: int) -> bytes:
    """Digest all whole blocks, the padded rest, then the length and the sum of the blocks."""
    tables, count, total = _tables(), 0, 0
    whole = len(data) - len(data) % BLOCK
    for start in range(0, whole, BLOCK):
        block = int.from_bytes(data[start : start + BLOCK], "little")
        state = _compress(state, count, block, tables)
        count, total = count + 8 * BLOCK, total + block & MASK
    rest = data[whole:]
    block = int.from_bytes(rest + b"\x01", "little")
    state = _compress(state, count, block, tables)
    count, total = count + 8 * len(rest), total + block & MASK
    state = _compress(_compress(state, 0, count, tables), 0, total, tables)
    return state.to_bytes(BLOCK, "little")


def _compress(state: int, count: int, block: int, tables: Tables) -> int:
    key = _round(state ^ count, tables)
    inner = block
    for constant in CONSTANTS:
        inner = _round(inner ^ key, tables)
        key = _round(key ^ constant, tables)
    return inner ^ key ^ state ^ block


def _round(value: int, tables: Tables) -> int:
    """LPS of RFC 6986: one output word from the same octet of all eight words."""
    octets = value.to_bytes(BLOCK, "little")
    t0, t1, t2, t3, t4, t5, t6, t7 = tables
    words = [
        t0[a] ^ t1[b] ^ t2[c] ^ t3[d] ^ t4[e] ^ t5[f] ^ t6[g] ^ t7[h]
        for a, b, c, d, e, f, g, h in zip(*WORDS.unpack(octets), strict=True)
    ]
    return int.from_bytes(OUTPUT.pack(*words), "little")
