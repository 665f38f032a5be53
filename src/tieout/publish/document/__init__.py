"""A notebook as a document: what its cells show, as clean HTML in a small vocabulary.

Both editions, PDF and HTML, are set from this tree and from nothing else. Markdown and HTML take
the same way: Markdown becomes HTML, HTML is parsed leniently, and only what is known passes: no
script, no style, no address to load from. What does not pass is named with its cell.

Vocabulary: ``section h1-h6 p ul ol li blockquote pre hr table caption thead tbody tr th td figure
figcaption div`` (blocks) and ``strong em s sub sup code br a img span`` (inline); pictures are data
addresses; ``span.math`` and ``div.math`` hold LaTeX; a link carries its resolved target in ``data-to``.
"""
