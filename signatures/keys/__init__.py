"""The service's own keys: seals in files and in PKCS #11 tokens."""
