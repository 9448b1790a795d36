"""What the catalogue says of one motion: its nature, its way, its forms, its terms, how long its sanction holds."""
