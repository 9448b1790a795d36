"""What a web worker holds in memory: it returns what it frees, and imports nothing that it does not serve."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

BASE = Path(__file__).parents[1]
# Sixteen threads free what they have held, below a block that stays: glibc would keep it, in a heap for each of them.
USE = """
import re, sys, threading
from pathlib import Path
from ecase import heap
if sys.argv[1] == "given back":
    heap.give_back()
def work():
    blocks = [bytes(100_000) for _number in range(50)]
    keep.append(bytes(100_000))
    held.wait()
keep, held = [], threading.Barrier(17)
threads = [threading.Thread(target=work) for _number in range(16)]
for thread in threads:
    thread.start()
held.wait()
for thread in threads:
    thread.join()
print(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def output(*arguments: str) -> str:
    return subprocess.run([sys.executable, *arguments], cwd=BASE, check=True, capture_output=True, text=True).stdout


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no such setting")
def test_freed_memory_is_given_back() -> None:
    kept, given_back = (int(output("-c", USE, how)) for how in ("kept", "given back"))

    assert given_back < kept - 5_000, "kB"


def test_a_web_worker_compares_no_calendars() -> None:
    program = "import sys, ecase.asgi, api.urls, ecase.portal.urls; print('holidays' in sys.modules)"

    assert output("-c", program).strip() == "False"
