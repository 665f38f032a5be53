"""Shenyang's answer sheet, audited.

A newspaper article as data: claims with their sentences, intervals with their
arithmetic, prose that is checked against both. Modules import downwards only:
article, quantity, formula, schema, counts, facts, prose, tables, charts, evidence,
publish, project, cli.
"""

__version__ = "0.1.0"
