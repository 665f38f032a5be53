"""An engine for audited reports: each number of a text tied to the sentence it was printed in.

An article becomes claims with their sentences, intervals with their arithmetic, and prose that is checked against
both. A project is a folder with ``report.toml``, ``seeds/``, ``data/``, ``notebooks/`` and ``figures/``; this package
knows nothing of any one. Rooms import from rooms before them only: ``files``, ``errors``, ``config``; ``numbers``; ``text``; ``data``;
``prose``; ``show``; ``explore`` and ``project``; ``publish`` and ``lab``; ``cli``.
"""

__version__ = "0.1.0"
