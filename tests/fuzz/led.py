"""``python -m tests.fuzz.led TARGET [libFuzzer's options]``: one target under atheris, led by coverage."""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["signatures"], enable_loader_override=False):
    from tests.fuzz.__main__ import ALL


def main() -> None:
    """Never returns: libFuzzer ends the process, with 0 if nothing was found."""
    name, *options = sys.argv[1:]
    target = ALL[name]
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(target.seeds()):
            Path(corpus, str(number)).write_bytes(seed)
        atheris.Setup([sys.argv[0], *options, corpus], lambda data: target(data) and None)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
