"""``python -m ecase.messages``: compile every translation of the project, without gettext's own tools.

With ``--check`` nothing is written; each entry that is empty, fuzzy or has other placeholders than its source is
listed.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

BASE_DIR = Path(__file__).resolve().parents[1]
ROOMS = ("api", "ecase", "signatures", "workflows")


def catalogues(base_dir: Path = BASE_DIR) -> list[Path]:
    """All translation sources of the project."""
    return sorted(path for room in ROOMS for path in (base_dir / room).rglob("locale/*/LC_MESSAGES/*.po"))


def compile_stale(sources: Iterable[Path]) -> list[Path]:
    """Compile the sources that are newer than their compiled form; returns the files written."""
    written = []
    for source in sources:
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            fresh = target.with_suffix(".mo.new")
            with fresh.open("wb") as stream:
                write_mo(stream, _read(source))
            # Concurrent readers must not see a partial file.
            fresh.replace(target)
            written.append(target)
    return written


def faults(source: Path) -> Iterator[str]:
    """The faults of a translation, one line each, with file and line."""
    try:
        catalogue = _read(source)
    except PoFileError as fault:
        yield f"{source}: {fault}"
        return
    for message in catalogue:
        if not message.id:
            continue
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        found = [] if all(texts) else ["no translation"]
        found += ["the translation is marked as fuzzy"] if message.fuzzy else []
        found += map(str, message.check(catalogue))
        yield from (f"{source}:{message.lineno}: {fault}: {message.id!r}" for fault in found)


def _read(source: Path) -> Catalog:
    with source.open("rb") as stream:
        return read_po(stream, locale=source.parents[1].name, domain=source.stem, abort_invalid=True)


def main() -> int:
    """Exit code: 1 if a translation has a fault."""
    parser = argparse.ArgumentParser(prog="python -m ecase.messages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="name what is missing or wrong, write nothing")
    sources = catalogues()
    if not parser.parse_args().check:
        compile_stale(sources)
        return 0
    found = [fault for source in sources for fault in faults(source)]
    sys.stderr.writelines(fault.removeprefix(f"{BASE_DIR}/") + "\n" for fault in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
