"""F-F4: the largest container that is issued passes every door on its way to being verified."""

import re
import subprocess
import sys
from pathlib import Path

from signatures.container.limits import MIB, USUAL

PROXY = Path(__file__).parents[1] / "deploy" / "nginx" / "ecase.conf"


def test_the_proxy_lets_it_through() -> None:
    [verify] = re.findall(r"location ~ \^/\(verify/[^{]*\{(.*?)\n    \}", PROXY.read_text(), re.DOTALL)
    [largest] = re.findall(r"client_max_body_size (\d+)m;", verify)

    assert int(largest) * MIB >= USUAL.archive_bytes + MIB


def test_the_reception_lets_it_through() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "from ecase.asgi import LARGEST; print(LARGEST)"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert int(told.stdout) >= USUAL.archive_bytes + MIB
