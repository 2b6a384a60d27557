"""Measures caveatd against nginx, a bare SQLite loop and itself. docs/BENCHMARKS.md says how to read it."""
