"""What only the report on Shenyang needs: rules and counts of its registers, its one-off figures and its explorer.

The engine calls ``check`` and ``counts`` while it loads the data.
"""

from shenyang.registers import check, counts

__all__ = ["check", "counts"]
