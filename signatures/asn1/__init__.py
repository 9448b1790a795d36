"""DER, object identifiers and certificate extensions."""
