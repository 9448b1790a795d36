"""Certificates, the trust store, and revocation."""
