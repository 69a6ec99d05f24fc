"""One harness that measures what a message costs: `make bench`, or `python -m bench --help`.

It measures and compares; it must never judge whether a figure is good enough. docs/performance.md does that.
"""
