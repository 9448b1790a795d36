"""Fetching what proves a signature: timestamps, OCSP responses and revocation lists over HTTP.

``collecting.Collector`` is the face: it returns the evidence of a signature and says what could not be got. Nothing
that is fetched is believed: every answer is verified before it counts, else the next address is asked.
"""
