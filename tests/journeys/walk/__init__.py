"""The main job, end to end and for real: ``make walk``.

A stack of its own is started from nothing (PostgreSQL, Valkey, web server, worker, watch, demo signer). An investigator
in a browser, a prosecutor's REST client and a judge in a browser take a custody motion from its draft to the signed
protocol; the evidence is verified with every server stopped; then one byte of the log is altered, and must be found.
"""
