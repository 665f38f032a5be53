"""Tables, charts, cards, the marked article."""
