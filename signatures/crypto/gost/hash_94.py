"""GOST 34.311-95: GOST R 34.11-94 (RFC 5831) with the S-box of its test parameters, which Kazakhstan adopted."""

import functools
import struct
from collections.abc import Sequence

BLOCK = 32
MASK32 = 0xFFFFFFFF
MASK256 = (1 << 256) - 1
# id-GostR3411-94-TestParamSet (RFC 4357, 11.2), the node for the lowest four bits first.
NODES = tuple(
    bytes.fromhex("".join(f"0{digit}" for digit in node))
    for node in (
        "4a92d80e6b1c7f53",
        "eb4c6dfa23810759",
        "581da342efc7609b",
        "7da1089fe46cb253",
        "6c715fd84a9e03b2",
        "4ba0721d36859cfe",
        "db413f590ae7682c",
        "1fd057a4923e6b8c",
    )
)
# The third constant of the key schedule (RFC 5831, 5.1); the second and the fourth are zero.
CONSTANT = 0xFF00FFFF000000FFFF0000FF00FFFF0000FF00FF00FF00FFFF00FF00FF00FF00

Tables = tuple[tuple[int, ...], ...]


def gost34311(data: bytes) -> bytes:
    """The 32 octets of the digest."""
    tables, state, total = _tables(), 0, 0
    for start in range(0, len(data), BLOCK):
        block = int.from_bytes(data[start : start + BLOCK], "little")
        state, total = _step(state, block, tables), total + block & MASK256
    state = _step(_step(state, 8 * len(data), tables), total, tables)
    return state.to_bytes(BLOCK, "little")


@functools.cache
def _tables() -> Tables:
    """Look-up tables that combine two S-box nodes and the rotation by 11 bits for each octet."""
    tables = []
    for place in range(4):
        low, high = NODES[2 * place], NODES[2 * place + 1]
        words = [(high[value >> 4] << 4 | low[value & 15]) << 8 * place for value in range(256)]
        tables.append(tuple((word << 11 | word >> 21) & MASK32 for word in words))
    return tuple(tables)


def _step(state: int, block: int, tables: Tables) -> int:
    """One block: four keys, four encryptions of the state's quarters, the mixing transformation."""
    halves = struct.unpack("<8I", state.to_bytes(BLOCK, "little"))
    t0, t1, t2, t3 = tables
    encrypted: list[int] = []
    for quarter, key in enumerate(_keys(state, block)):
        low, high = halves[2 * quarter], halves[2 * quarter + 1]
        # GOST 28147-89 in simple substitution mode: 24 rounds with the key forwards, 8 with the key reversed.
        for part in (*key, *key, *key, *key[::-1]):
            mixed = low + part & MASK32
            low, high = high ^ t0[mixed & 255] ^ t1[mixed >> 8 & 255] ^ t2[mixed >> 16 & 255] ^ t3[mixed >> 24], low
        encrypted += (high, low)
    # The mixing transformation is psi^61(state ^ psi(block ^ psi^12(encrypted))).
    words = _fed(struct.unpack("<16H", struct.pack("<8I", *encrypted)), 12)
    for value, times in ((block, 1), (state, 61)):
        others = struct.unpack("<16H", value.to_bytes(BLOCK, "little"))
        words = _fed([word ^ other for word, other in zip(words, others, strict=True)], times)
    return int.from_bytes(struct.pack("<16H", *words), "little")


def _keys(state: int, block: int) -> list[tuple[int, ...]]:
    u, v = state, block
    keys = [_permuted(u ^ v)]
    for number in range(3):
        u = _shifted(u) ^ (CONSTANT if number == 1 else 0)
        v = _shifted(_shifted(v))
        keys.append(_permuted(u ^ v))
    return keys


def _shifted(value: int) -> int:
    """Transformation A on four words of 64 bits."""
    low, next_ = value & 0xFFFFFFFFFFFFFFFF, value >> 64 & 0xFFFFFFFFFFFFFFFF
    return value >> 64 | (low ^ next_) << 192


def _permuted(value: int) -> tuple[int, ...]:
    octets = value.to_bytes(BLOCK, "little")
    return struct.unpack("<8I", bytes(octets[8 * (i % 4) + i // 4] for i in range(BLOCK)))


def _fed(words: Sequence[int], times: int) -> list[int]:
    """Run the shift register psi over 16 words ``times`` times."""
    run = list(words)
    for at in range(times):
        run.append(run[at] ^ run[at + 1] ^ run[at + 2] ^ run[at + 3] ^ run[at + 12] ^ run[at + 15])
    return run[times:]
