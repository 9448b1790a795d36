"""The rules of the catalogue for one motion: its kind, payloads, deadlines, validity, routes and appeals."""
