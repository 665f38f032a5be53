"""Quantities: unit, bound and interval; formulas; reading and wording numbers."""
