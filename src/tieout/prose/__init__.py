"""Numbers in Markdown; notebooks as files; the closing cell."""
