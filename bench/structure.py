"""``python -m bench.structure``: names of modules, lengths of functions, places that a new act touches.

Prints each figure next to its goal. ``--tree`` measures another checkout, to compare two versions. A module has a
standard name if a Django developer looks for it by that name, or if it is the field's own term.
"""

import argparse
import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CODE = ("api", "ecase", "signatures", "workflows")
# Names that Django, its libraries, Python and cryptography projects give to modules.
COMMON = """
    __init__ __main__ accounts addresses admin admin_site algorithm algorithms append_only apps archives asgi
    attributes authentication backends base bootstrap budget cache celery checks circuit cli clients columns command
    commands conditional conditions conftest console consumer context curves dates declarations demo demo_data
    embedded endpoints env environment errors examples exceptions expiry explanation extensions faults fields files
    filters folder forms formats grants guards handlers health http idempotency identity images inbox inspection
    instants integrity json_schema keys layers legacy_reports limits loading lock locking locks log logs loop mail
    management managers media middleware migrations mixins models names negotiation notifications oids offline
    openapi pages pagination parsers parsing passwords pdf permissions pkcs11 pki policy portal ports postgres
    problems process production programs progress protocols queries queue queues rates read_only_admin reading
    references refusals registry renderers rendering requests resources responses retry rotation routers rules run
    sandbox schema schemas search serializers server servers services session_store sessions settings signals
    sign_in signing spec status storage store subscriptions tasks templates templatetags test text_report throttling
    timeouts tokens translation tree types uploads urls utils validation validators valkey values versions views
    visibility webhook webhooks widgets wsgi
"""
# Terms of the field, and of the standards that the code follows: docs/reference/glossary.md and the RFCs.
TERMS = """
    act act_buttons act_choices act_json act_types acts admission admissions appeal appeals appellants approval
    archive asic asics asn1 assignment attachment attachments audit batch ber cades calendar calendars canonical
    case cases catalogue certificate certificates chain checkpoint checkpoint_compare checkpoints clock clocks cms
    conflicts container containers copies copies_owed counsel court crl crypto custody deadline deadlines decision
    decisions defence derivation der difference differences digest digests documents draft drafts draw draws duties
    duty effects endorsement engine entry escalation events evidence execution export exports facts filing finality
    finding findings gost hash_94 hearing heartbeat identity inventory issuing judge kind kinds law leases measure
    measures merkle message messages motion motions notices oath ocsp odf office officer officers openings
    organisation organisations outages outbox papers participation payloads person persons pkcs12 post posts prefill
    proof proof_of_existence proofs protocol protocols receiver receivers record recusal relay renewal report
    reports revocation revocations roster rosters routing rtf sanction sanctions seal sealer seals sequencer series
    service_acts signature signature_retries signatures signer signers states statistics statute streebog strict_zip
    suggestion suggestions supplement teams term terms timestamp timestamps tlog transitions transparency trust
    trust_policy validity verification verify verifying volume watch worklists x509
"""
GOALS = {
    "standard names, % of modules": 85,
    "functions per 100 lines": 7.0,
    "function lines, median": 6,
    "places of a new act": 4,
}
PAGE = Path("docs/how-to/add-an-act.md")


def modules(tree: Path) -> list[Path]:
    """Every module of the service except migrations."""
    found = [path for room in CODE for path in sorted((tree / room).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts and "node_modules" not in path.parts]


def has_standard_name(path: Path) -> bool:
    """Whether every word of the module's name is common or a term of the field."""
    known = {*COMMON.split(), *TERMS.split()}
    return path.stem in known or all(word in known for word in path.stem.split("_") if word)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring, including its signature."""
    has_text = ast.get_docstring(function) is not None
    text = function.body[0]
    documented = (text.end_lineno or 0) - text.lineno + 1 if has_text else 0
    return (function.end_lineno or 0) - function.lineno + 1 - documented


def places_of_an_act(tree: Path) -> int:
    """The numbered places in the docs page; without the page, the files besides words and law that name an act."""
    page = tree / PAGE
    if page.exists():
        return len(re.findall(r"^## \d\. ", page.read_text(), re.MULTILINE))
    named = [path for path in modules(tree) if re.search(r"\bLIFTING_CONSENT\b|\blifting_consent\b", path.read_text())]
    return len(named)


def measure(tree: Path) -> dict[str, float]:
    """The figures of a checkout."""
    paths = modules(tree)
    lengths, lines, private = list[int](), 0, 0
    for path in paths:
        text = path.read_text()
        lines += sum(1 for line in text.splitlines() if line.strip())
        for function in functions(ast.parse(text)):
            lengths.append(body_lines(function))
            private += function.name.startswith("_") and not function.name.startswith("__")
    named = [path for path in paths if path.name != "__init__.py"]
    return {
        "modules": len(paths),
        "lines that are not blank": lines,
        "standard names, % of modules": round(100 * sum(map(has_standard_name, named)) / len(named), 1),
        "functions per 100 lines": round(100 * len(lengths) / lines, 1),
        "function lines, median": statistics.median(lengths),
        "function lines, nine of ten at most": sorted(lengths)[len(lengths) * 9 // 10],
        "private functions, %": round(100 * private / len(lengths), 1),
        "loops over `one`": sum(len(re.findall(r"\bfor one in\b", path.read_text())) for path in paths),
        "places of a new act": places_of_an_act(tree),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=Path, default=ROOT)
    for name, figure in measure(parser.parse_args().tree).items():
        goal = f"  (goal {GOALS[name]})" if name in GOALS else ""
        print(f"{figure:>10}  {name}{goal}")


if __name__ == "__main__":
    main()
