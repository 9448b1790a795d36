"""Benchmarks: ``make bench`` measures the service next to pgbench with the same SQL and writes docs/benchmarks.md."""
