"""Benchmarks: ``make bench`` measures the service beside a stock Django peer and writes docs/benchmarks.md."""
