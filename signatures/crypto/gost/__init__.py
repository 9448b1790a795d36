"""GOST as Kazakhstan uses it, verification only: no private keys are handled here.

34.310-2004 with 34.311-95 is GOST R 34.10-2001 with GOST R 34.11-94 (test S-box); R 34.10-2015 with Streebog is
GOST R 34.10-2012 with GOST R 34.11-2012. Only object identifiers and the order of octets differ.
"""
