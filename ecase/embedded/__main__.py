"""``python -m ecase.embedded``: see ``--help``."""

import argparse
import math
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from ecase.console import AlreadyReported, LaunchError
from ecase.embedded.folder import Paths
from ecase.embedded.run import run

BASE_DIR = Path(__file__).resolve().parents[2]


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ecase.embedded", description="Embedded servers and the demo.")
    commands = parser.add_subparsers(dest="what", required=True)
    runner = commands.add_parser("run", help="run a command with PostgreSQL and Valkey beside it")
    runner.add_argument("--superuser", action="store_true", help="as the embedded database's superuser, for tests")
    runner.add_argument("command", nargs="+", metavar="COMMAND")
    demo = commands.add_parser("demo", help="start all of ecase with a fictional court")
    demo.add_argument("--reset", action="store_true", help="throw the demo's data away first")
    return parser.parse_args(arguments)


class Interrupt:
    """Turns signals into one KeyboardInterrupt; a signal right after the first is ignored.

    A Ctrl-C may arrive twice, from the terminal and from a parent, and must not interrupt the orderly stop.
    """

    ECHO = 1.0  # seconds
    _last = -math.inf

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        last, self._last = self._last, time.monotonic()
        if self._last - last > self.ECHO:
            raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """Exit code of the command; 1 with one sentence for an expected failure; 130 after Ctrl-C."""
    interrupt = Interrupt()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        options = _arguments(arguments)
        paths = Paths.of(BASE_DIR)
        if options.what == "run":
            return run(paths, options.command, superuser=options.superuser)
        from ecase.embedded.demo import demo

        return demo(paths, reset=options.reset)
    except LaunchError as fault:
        print(f"ecase: {fault}", file=sys.stderr)
        return 1
    except AlreadyReported:
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
