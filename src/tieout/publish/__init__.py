"""Notebooks to clean HTML, to Typst and PDF, to the page; the report and the exporters."""
