"""What the engine raises: errors that say what is wrong, where, and what to do."""

from __future__ import annotations


class DataError(ValueError):
    """Something in the data is wrong: where (file, row, column), what, and the remedy.

    ``row`` is the line in the file, the header being line 1; 0 means the whole file.
    """

    def __init__(self, file: str, row: int, column: str, problem: str, remedy: str = "") -> None:
        place = file + (f", row {row}" if row else "") + (f", column {column}" if column else "")
        super().__init__(f"{place}: {problem}" + (f" {remedy}" if remedy else ""))
        self.file, self.row, self.column = file, row, column


class ReportError(RuntimeError):
    """A notebook failed or cannot be set; the message names notebook and cell."""
