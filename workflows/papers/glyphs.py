"""Which characters a paper can show, and how the others are written.

PDF/A forbids a character without a glyph (ISO 19005-2, 6.2.11.8), and a signer must see everything that is signed:
invisible and direction-changing characters, and those that the fonts lack, are written out as ``[U+202E]``.
"""

import re
import unicodedata
from typing import Any

# Checked one by one against the fonts that Typst embeds: Libertinus Serif first, DejaVu Sans Mono as fallback.
SHOWN = (
    (0x0020, 0x007E), (0x00A0, 0x00AC), (0x00AE, 0x024F), (0x02BC, 0x02BC), (0x0386, 0x038A), (0x038C, 0x038C),
    (0x038E, 0x03A1), (0x03A3, 0x03CE), (0x0400, 0x0482), (0x048A, 0x04FF), (0x0510, 0x0513), (0x051A, 0x051D),
    (0x1E00, 0x1EFF), (0x2010, 0x2027), (0x2030, 0x2040), (0x2042, 0x2042), (0x2044, 0x2052), (0x2054, 0x205E),
    (0x20A0, 0x20C0), (0x2116, 0x2116), (0x2122, 0x2122), (0x2190, 0x2199), (0x2200, 0x22FF),
)  # fmt: skip
_CLASS = "".join(f"{chr(low)}-{chr(high)}" for low, high in SHOWN).replace("\\", "\\\\").replace("]", "\\]")
_HIDDEN = re.compile(f"[^{_CLASS}]")
# Marks of encoding and hyphenation, which do not change the visible text.
_NOTHING = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff\r"))
_SPACES = dict.fromkeys(map(ord, "\t\v\f\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u3000"), " ")
_LONG = re.compile(r"[^\s-]{41,}")
_LONGEST = 24
_BREAKS = re.compile(r"[\r\n\v\f\x85\u2028\u2029]+")
# Values that people and machines copy from the paper character by character.
_EXACT = {"sha256", "url"}


def shown(text: str) -> str:
    """One line of ``text`` as the fonts can show it; every other character is written as its code point."""
    clean = unicodedata.normalize("NFC", text.replace("\n", " ")).translate(_NOTHING | _SPACES)
    return _HIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", clean)


def unshown(value: Any) -> str:
    """The characters of a JSON-like ``value`` that a paper writes as code points, each once."""
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value.replace("\n", " ")).translate(_NOTHING | _SPACES)
        return "".join(dict.fromkeys(_HIDDEN.findall(text)))
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return "".join(dict.fromkeys("".join(unshown(part) for part in parts)))


def paragraphs(*texts: str) -> list[str]:
    """The non-empty lines of the texts, one text after another."""
    lines = (line for text in texts for line in _BREAKS.split(text))
    return [line.strip() for line in lines if line.strip()]


def clean(value: Any) -> Any:
    """Every string in a JSON-like ``value`` made printable and breakable."""
    if isinstance(value, str):
        # With zero-width spaces in words too long for a line.
        return _LONG.sub(lambda found: "\u200b".join(re.findall(f".{{1,{_LONGEST}}}", found[0])), shown(value))
    if isinstance(value, dict):
        return {key: shown(str(item)) if key in _EXACT else clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(item) for item in value]
    return value
