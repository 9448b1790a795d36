"""Evidence containers: writing, reading and verifying them."""

from signatures.container.archive import (
    APART_TEXT,
    LARGER_TEXT,
    Container,
    Evidence,
    SignedAct,
    TooLarge,
    file_names,
    read,
    write,
)

__all__ = ["APART_TEXT", "LARGER_TEXT", "Container", "Evidence", "SignedAct", "TooLarge", "file_names", "read", "write"]
