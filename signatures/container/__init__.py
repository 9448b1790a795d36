"""Evidence containers: writing, reading and verifying them."""

from signatures.container.archive import LARGER_TEXT, Container, Evidence, SignedAct, TooLarge, file_names, read, write

__all__ = ["LARGER_TEXT", "Container", "Evidence", "SignedAct", "TooLarge", "file_names", "read", "write"]
