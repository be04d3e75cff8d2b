"""The benchmarks' own table."""
