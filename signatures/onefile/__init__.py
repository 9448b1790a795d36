"""The offline verifier as one file to copy: ``python -m signatures.onefile`` makes it, ``bootstrap`` starts it."""
