"""The table of algorithms, the budget for slow ones, and GOST in pure Python."""
