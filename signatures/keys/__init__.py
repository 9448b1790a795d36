"""The service's own keys: seals in files and in tokens (PKCS #11)."""
