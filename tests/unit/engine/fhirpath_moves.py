"""Dates and times moved by durations, over every border of the calendar and the clock."""

from __future__ import annotations

from decimal import Decimal

from certgateway.engine.fhirpath.expressions import Temporal

# Expression, expected values.
MOVES: list[tuple[str, list[object]]] = [
    ("@2020-01-31 + 1 month", [Temporal("Date", (2020, 2, 29))]),
    ("@2020-02-29 - 1 year", [Temporal("Date", (2019, 2, 28))]),
    ("@2020-12-31 + 1 day", [Temporal("Date", (2021, 1, 1))]),
    ("@2020 + 13 months", [Temporal("Date", (2021,))]),
    ("@2020-01-01T23:30:00Z + 45 minutes", [Temporal("DateTime", (2020, 1, 2, 0, 15, Decimal(0)), 0)]),
    ("@T23:30 + 1 hour", [Temporal("Time", (0, 30))]),
    ("@9999-12-31 + 1 day", []),
    ("@0001-01-01 - 99999999999 days", []),
    ("@2020-01 + 29 days", [Temporal("Date", (2020, 1))]),
    ("@2020-01 + 30 days", [Temporal("Date", (2020, 2))]),
    ("@2020-01 - 31 days", [Temporal("Date", (2019, 12))]),
    ("@2020 + 359 days", [Temporal("Date", (2020,))]),
    ("@2020 + 360 days", [Temporal("Date", (2021,))]),
    ("@2020 - 11 months", [Temporal("Date", (2020,))]),
    ("@2020 - 12 months", [Temporal("Date", (2019,))]),
    ("@2020-01-01T10 + 59 minutes", [Temporal("DateTime", (2020, 1, 1, 10))]),
    ("@2020-01-01T10 + 60 minutes", [Temporal("DateTime", (2020, 1, 1, 11))]),
    ("@2020-01-01T10:00 + 59 seconds", [Temporal("DateTime", (2020, 1, 1, 10, 0))]),
    ("@2020-01-01T10:00 + 60 seconds", [Temporal("DateTime", (2020, 1, 1, 10, 1))]),
    ("@2020-01-01 + 23 hours", [Temporal("Date", (2020, 1, 1))]),
    ("@2020-01-01 + 24 hours", [Temporal("Date", (2020, 1, 2))]),
    ("@2020-01-01 - 1 hour", [Temporal("Date", (2020, 1, 1))]),
    ("@2020-01-01 + 1.9 days", [Temporal("Date", (2020, 1, 2))]),
    ("@T10 + 30 minutes", [Temporal("Time", (10,))]),
    ("@T10 + 1 day", []),
    ("@2020-01-01T23:30:00+01:00 + 1 week", [Temporal("DateTime", (2020, 1, 8, 23, 30, Decimal(0)), 60)]),
    ("@2020-01-01T10:00:00Z + 1500 milliseconds", [Temporal("DateTime", (2020, 1, 1, 10, 0, Decimal("1.5")), 0)]),
    ("@2012-01-01 - 2013 years", []),
    ("@0001-02 - 2 months", []),
    ("@9999-12 + 1 month", []),
    ("@9999-11 + 1 month", [Temporal("Date", (9999, 12))]),
    ("@0001-02 - 1 month", [Temporal("Date", (1, 1))]),
    ("@9999 + 1 year", []),
    ("@T00:10 - 20 minutes", [Temporal("Time", (23, 50))]),
    ("@2020-01-01T00:10:00Z - 20 minutes", [Temporal("DateTime", (2019, 12, 31, 23, 50, Decimal(0)), 0)]),
    ("@2020-01-01T00:00:00Z - 1 second", [Temporal("DateTime", (2019, 12, 31, 23, 59, Decimal(59)), 0)]),
    ("@2020-01-01T00:00:00Z - 36 hours", [Temporal("DateTime", (2019, 12, 30, 12, 0, Decimal(0)), 0)]),
]
