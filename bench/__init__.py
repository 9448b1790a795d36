"""How fast it is: ``make bench`` measures, beside pgbench with the same statements, and writes docs/benchmarks.md."""
