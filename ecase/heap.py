"""How glibc keeps memory that a process has freed: it is given back, instead of being kept for each thread.

By default every thread has a heap of its own, and the limit above which memory is returned grows with the largest block
that was ever freed. A web worker whose threads take turns at large answers and papers then holds a third more.
"""

import ctypes

# From malloc.h: mallopt(3).
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
# Bytes. A block of this size or more is mapped by itself and returned when it is freed.
LARGE = 64 * 1024


def give_back() -> bool:
    """Have this process return what it frees; to be called before it starts threads. False where there is no glibc."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    wanted = ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, LARGE), (_TRIM_THRESHOLD, LARGE))
    taken = [mallopt(parameter, value) for parameter, value in wanted]
    return all(taken)
