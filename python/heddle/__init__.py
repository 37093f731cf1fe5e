"""Heddle finds thread-safety problems in Python code. It is a program, not a library: run `heddle` or `python -m heddle`."""
