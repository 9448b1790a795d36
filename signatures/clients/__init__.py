"""Fetches the evidence of a signature over HTTP: timestamps, OCSP responses and revocation lists.

``evidence.Collector`` is the entry point: it returns the evidence and names what could not be fetched. Every answer
is verified before it is used; if verification fails, the next address is tried.
"""
