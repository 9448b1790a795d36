"""The offline verifier as a single file: ``python -m signatures.onefile`` builds it, ``bootstrap`` starts it."""
