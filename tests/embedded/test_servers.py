"""Both servers: what a command finds beside it, and what is left when it ends."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.conftest import Start
from tests.embedded.launchers import BASE_DIR, Launcher, Site, wait_for

AS_ROOT = os.geteuid() == 0
NOBODY = 65534
READY_THEN_SLEEP = "echo ready; exec sleep 600"
QUERY = 'psql "$DATABASE_URL" --no-psqlrc -qtA -c '


def wait_until_gone(family: set) -> None:
    wait_for(lambda: not any(process.runs() for process in family))


def test_command_gets_a_durable_postgresql_and_a_valkey(site: Site) -> None:
    ping = "import os; from redis import Redis; print(Redis(unix_socket_path=os.environ['BROKER_URL'][15:]).ping())"
    names = ("fsync", "server_encoding", "listen_addresses")
    facts = "SELECT " + ", ".join(f"current_setting('{name}')" for name in names)
    done = site.launch("run", "--", "sh", "-c", f'{QUERY} "{facts}"; {site.python} -c "{ping}"; exit 7')
    assert done.stdout.splitlines() == ["on|UTF8|", "True"]
    assert done.returncode == 7
    assert done.stderr == ""


def test_application_is_no_superuser_but_may_make_databases(site: Site) -> None:
    ask = "SELECT rolsuper, rolcreatedb, rolname FROM pg_roles WHERE rolname = current_user"
    assert site.launch("run", "--", "sh", "-c", f'{QUERY} "{ask}"').stdout.strip() == "f|t|ecase"


def test_tests_may_ask_for_the_superuser(site: Site) -> None:
    ask = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    assert site.launch("run", "--superuser", "--", "sh", "-c", f'{QUERY} "{ask}"').stdout.strip() == "t"


def test_data_is_there_at_the_next_start(site: Site) -> None:
    site.launch("run", "--", "sh", "-c", f"{QUERY} 'CREATE TABLE kept AS SELECT 42 AS answer'")
    assert site.launch("run", "--", "sh", "-c", f"{QUERY} 'SELECT answer FROM kept'").stdout.strip() == "42"


def test_configured_servers_are_left_alone(tmp_path: Path) -> None:
    elsewhere = {"DATABASE_URL": "postgres://db.example/ecase", "BROKER_URL": "amqp://mq.example"}
    site = Site(var_dir=tmp_path / "var", env=elsewhere)
    told = site.launch("run", "--", "sh", "-c", "echo $DATABASE_URL $BROKER_URL").stdout
    assert told.split() == list(elsewhere.values())
    assert not site.var_dir.exists()


def test_folders_are_closed_to_others(site: Site, start: Start) -> None:
    start(READY_THEN_SLEEP).lines_until("ready")
    for expression in ("place.runtime_dir", "place.data_dir / 'pg'", "place.state_dir"):
        assert not Path(site.ask(expression)).stat().st_mode & stat.S_IRWXO, expression


@pytest.mark.skipif(not AS_ROOT, reason="only root can try as another user")
def test_another_user_of_the_machine_cannot_connect(site: Site, start: Start) -> None:
    start("echo $DATABASE_URL; exec sleep 600")
    wait_for(lambda: Path(site.ask("place.runtime_dir"), ".s.PGSQL.5432").exists())
    psql = shutil.which(
        "psql", path=site.ask("__import__('ecase.embedded.programs').embedded.programs.postgres_bin(place)")
    )
    assert psql
    tried = subprocess.run(
        [psql, "-h", site.ask("place.runtime_dir"), "-U", "ecase", "ecase", "-c", "SELECT 1"],
        capture_output=True, text=True, user=NOBODY, group=NOBODY, extra_groups=[], cwd="/", check=False,
    )  # fmt: skip
    assert tried.returncode != 0
    assert "Permission denied" in tried.stderr


@pytest.mark.skipif(not AS_ROOT, reason="only root lends the servers another account")
def test_as_root_the_servers_run_without_rights(start: Start) -> None:
    launcher = start(READY_THEN_SLEEP)
    launcher.lines_until("ready")
    for name in ("bin/postgres", "valkey-server"):
        [server] = [process for process in launcher.family() if name in process.command()]
        assert server.uid() != 0, name


@pytest.fixture
def ordinary_site(tmp_path: Path) -> Iterator[Site]:
    """As ourselves when we are nobody special, else as `nobody`, with an interpreter which that user can reach."""
    if not AS_ROOT:
        yield Site(var_dir=tmp_path / "var")
        return
    # pytest's own folders are closed to others, up to the first.
    with tempfile.TemporaryDirectory(prefix="ecase-clone-") as folder:
        clone = Path(folder)
        clone.chmod(0o755)
        shutil.copytree(BASE_DIR / "ecase", clone / "ecase")
        (clone / "var").mkdir()
        os.chown(clone / "var", NOBODY, NOBODY)
        site = reachable_site(clone)
        yield site
        site.sweep()


def reachable_site(clone: Path) -> Site:
    """A site of `nobody` in ``clone``; skips where no Python is open to him."""
    prefix = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--")
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    attempt = "import celery, psycopg, subprocess, sys; subprocess.run([sys.executable, '-c', ''], check=True)"
    for python in (sys.executable, "/usr/bin/python3"):
        site = Site(clone / "var", clone, prefix, python, {"PYTHONPATH": packages})
        if site.call("-c", attempt).returncode == 0:
            return site
    pytest.skip("no interpreter that an ordinary user of this machine can run")


def test_as_an_ordinary_user(ordinary_site: Site, launchers: list[Launcher]) -> None:
    launcher = Launcher(ordinary_site, ["run", "--", "sh", "-c", f"{QUERY} 'SELECT current_user'; {READY_THEN_SLEEP}"])
    launchers.append(launcher)
    assert launcher.lines_until("ready") == ["ecase", "ready"]
    uids = {process.uid() for process in launcher.family()} - {None}
    assert len(uids) == 1
    assert 0 not in uids


def test_interrupt_stops_everything(start: Start) -> None:
    launcher = start(READY_THEN_SLEEP)
    launcher.lines_until("ready")
    family = launcher.family()
    assert len(family) > 4
    launcher.send(signal.SIGINT)
    assert launcher.finish()[0] == 128 + signal.SIGINT
    wait_until_gone(family)


def test_killed_launcher_leaves_nothing(start: Start) -> None:
    launcher = start("sleep 600 & sleep 600 & echo ready; wait")
    launcher.lines_until("ready")
    family = launcher.family()
    launcher.send(signal.SIGKILL)
    wait_until_gone(family)


@pytest.mark.slow
def test_killed_launcher_leaves_not_even_what_refuses_to_end(start: Start) -> None:
    launcher = start("trap '' TERM INT; (while :; do sleep 1; done) & echo ready; while :; do sleep 1; done")
    launcher.lines_until("ready")
    family = launcher.family()
    launcher.send(signal.SIGKILL)
    wait_until_gone(family)


def test_start_right_after_a_kill_waits_for_the_old_servers(start: Start) -> None:
    first = start(READY_THEN_SLEEP)
    first.lines_until("ready")
    first.send(signal.SIGKILL)
    second = start(f"{QUERY} 'SELECT 1'; exit 3")
    code, out, err = second.finish()
    assert (code, out.strip(), err) == (3, "1", "")


def test_second_command_joins_and_the_first_waits_for_it(start: Start) -> None:
    first = start("echo ready; read line < /dev/null; sleep 2")
    first.lines_until("ready")
    second = start(f"echo joined; sleep 4; {QUERY} 'SELECT 1'")
    second.lines_until("joined")
    assert not any("bin/postgres" in process.command() for process in second.family())
    code, _, err = first.finish()
    assert code == 0
    assert "still uses the servers: waiting" in err
    assert second.finish()[:2] == (0, "1\n")


@pytest.fixture
def clones(tmp_path: Path) -> Iterator[list[Site]]:
    sites = [Site(tmp_path / name / "var", tmp_path / name) for name in ("one", "two")]
    for site in sites:
        shutil.copytree(BASE_DIR / "ecase", site.base_dir / "ecase")
    yield sites
    for site in sites:
        site.sweep()


def test_two_clones_run_side_by_side(clones: list[Site], launchers: list[Launcher]) -> None:
    launchers += [Launcher(site, ["run", "--", "sh", "-c", "echo $DATABASE_URL; exec sleep 600"]) for site in clones]
    addresses = {launcher.line() for launcher in launchers}
    assert len(addresses) == 2
    assert all(address.startswith("postgres://ecase@%2F") for address in addresses)


def refused(site: Site) -> str:
    """The one sentence with which a start is refused."""
    done = site.launch("run", "--", "true")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


def test_planted_socket_folder_is_refused(site: Site, tmp_path: Path) -> None:
    folder = Path(site.ask("place.runtime_dir"))
    folder.symlink_to(tmp_path)
    assert "belongs to somebody else or is no folder" in refused(site)
    folder.unlink()
    folder.mkdir()
    folder.chmod(0o777)
    assert "open to the writing of every user" in refused(site)
    if AS_ROOT:
        folder.chmod(0o700)
        os.chown(folder, NOBODY, NOBODY)
        assert "belongs to somebody else" in refused(site)


def test_data_of_another_major_version_is_refused(site: Site) -> None:
    site.launch("run", "--", "true")
    version = Path(site.ask("place.data_dir / 'pg' / 'PG_VERSION'"))
    version.write_text("15\n")
    assert "is of PostgreSQL 15 and this version of ecase brings PostgreSQL 18" in refused(site)


def test_damaged_data_is_told_with_postgresqls_own_words(site: Site) -> None:
    site.launch("run", "--", "true")
    Path(site.ask("place.data_dir / 'pg' / 'global' / 'pg_control'")).unlink()
    sentence = refused(site)
    assert sentence.startswith("ecase: PostgreSQL did not start:")
    assert "pg_control" in sentence


def test_interrupted_making_of_the_data_leaves_no_half(site: Site) -> None:
    site.launch("run", "--", "true")
    data = Path(site.ask("place.data_dir"))
    (data / "pg").rename(data / "pg-new-half")
    assert site.launch("run", "--", "sh", "-c", f"{QUERY} 'SELECT 1'").stdout == "1\n"
    assert not (data / "pg-new-half").exists()


def test_too_long_a_path_for_a_socket_is_told(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 90)
    deep.mkdir()
    assert "set TMPDIR to a shorter folder" in refused(Site(tmp_path / "var", env={"TMPDIR": str(deep)}))


def test_unknown_command_is_told(site: Site) -> None:
    done = site.launch("run", "--", "no-such-command")
    assert (done.returncode, done.stderr) == (
        1,
        "ecase: no-such-command cannot be started: No such file or directory.\n",
    )
