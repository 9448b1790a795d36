"""``python signer.py KEY`` signs standard input with a PKCS#12 key, as the example does, and prints base64."""

import base64
import importlib.util
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "prosecutor.py"

if __name__ == "__main__":
    specification = importlib.util.spec_from_file_location("prosecutor", EXAMPLE)
    assert specification
    assert specification.loader
    example = importlib.util.module_from_spec(specification)
    sys.modules["prosecutor"] = example
    specification.loader.exec_module(example)
    key = example.Key(Path(sys.argv[1]).read_bytes(), "demo")
    sys.stdout.write(base64.b64encode(key.sign(sys.stdin.buffer.read())).decode())
