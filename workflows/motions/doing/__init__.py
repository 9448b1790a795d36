"""Making an act real: its row, what it changes, who is told, and what the service does by itself afterwards."""
