"""Run the notebooks; keep generated files in step."""
