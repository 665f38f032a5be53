"""CSVs and schema; facts, claims, records, verdicts; the ``Dataset``."""
