"""The only place that speaks SQL. Values of `domain.record` go in and come out; nothing is judged or decided here."""
