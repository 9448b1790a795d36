"""The table of algorithms and the budget of slow ones; GOST in pure Python."""
