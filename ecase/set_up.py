"""``python -m ecase.set_up``: bring database, catalogue, log key and static files to this version.

Run it after every upgrade; running it again changes nothing. With ``--demo`` it also loads a fictional court, and
writes the list of its officers to the named file. One process for all steps: starting Django takes longer than most of
them.
"""

import argparse
import json
import os
import sys
import traceback
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection

from ecase import timeouts
from ecase.celery import app
from ecase.console import timed


def main(arguments: list[str] | None = None) -> int:
    """Exit code; 1 with one sentence if a step fails. The traceback goes to ``--log``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecase.settings")
    options = _parser().parse_args(arguments)
    title = ""
    try:
        for title, step in steps(options.demo):
            with timed(title):
                notes = step()
            sys.stderr.write(notes if isinstance(notes, str) else "")
    except Exception as fault:  # noqa: BLE001 - whatever it was, it is reported and ends the start
        # What follows the first line in a database's answer is advice.
        reason = next(iter(str(fault).strip().splitlines()), type(fault).__name__)
        if options.log:
            options.log.write_text(traceback.format_exc())
        details = f" (see {options.log})" if options.log else ""
        sys.stderr.write(f"ecase: {title}: {reason}{details}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ecase.set_up", description="Set up or upgrade an installation.")
    parser.add_argument("--demo", type=Path, metavar="FILE", help="load a fictional court, write its officers to FILE")
    parser.add_argument("--log", type=Path, metavar="FILE", help="where the details of a failure go")
    return parser


def steps(people: Path | None = None) -> list[tuple[str, Callable[[], object]]]:
    """The steps in order; ``people`` names the file for the demo's officers, None means no demo."""
    demo = [("loading a fictional court and its demo keys", lambda: load_demo(people))] if people else []
    return [
        ("checking settings and database", reach_database),
        ("checking the broker", reach_broker),
        ("migrating the database", lambda: call_command("migrate", interactive=False, verbosity=0)),
        ("loading the statute catalogue", lambda: call_command("load_statute", stdout=StringIO())),
        ("loading the calendar", load_calendar),
        *demo,
        ("making the audit log's key", lambda: call_command("audit", "make-key", stdout=StringIO())),
        ("collecting static files", lambda: call_command("collectstatic", interactive=False, verbosity=0)),
    ]


def reach_database() -> None:
    """Connect to the database, to check the settings."""
    django.setup()
    timeouts.use("migration")
    connection.ensure_connection()


def reach_broker() -> None:
    """Connect to the broker; one that does not answer within seconds is a wrong address."""
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=5)


def load_calendar() -> str:
    """Differences from another source are printed below the line of the step."""
    notes = StringIO()
    call_command("load_calendar", stdout=StringIO(), stderr=notes)
    return notes.getvalue()


def load_demo(people: Path) -> None:
    """Load the fictional court; JSON of its officers goes to ``people``."""
    answer = StringIO()
    call_command("demo_data", stdout=answer)
    call_command("demo_roster")
    people.write_text(json.dumps(json.loads(answer.getvalue()), ensure_ascii=False))


if __name__ == "__main__":
    sys.exit(main())
