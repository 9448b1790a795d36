"""What the catalogue says of one motion: its kind, payloads, deadlines, validity, routes and appeals."""
