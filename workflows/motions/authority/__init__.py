"""Who may do what, who may see what, and how a refusal is put on record."""
