"""Notebooks for tests: one with every kind of output and all that breaks reports, and what is asked of any."""

from __future__ import annotations

import base64

import pandas as pd
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

#: One red dot.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40" viewBox="0 0 120 40"><rect width="120" height="40" fill="#a50d25"/></svg>'
#: Markup of Typst, HTML, Markdown and templates that must stay text.
EVIL = [
    '"]; #panic("x") //',
    '#read("/etc/passwd")',
    "$x$ *b* _e_ `c` <l> @r \\ #h",
    "\\u{41} \\n",
    "/* c */ // n",
    "= no heading",
    "</p><script>window.hacked=1</script>",
    '<img src=x onerror="window.hacked=1">',
    "&amp;lt; &#60;",
    "{{7*7}} ${7*7}",
    "\x00\x07\ud83d",
]


def code(notebook: NotebookNode) -> list[NotebookNode]:
    """The code cells of a notebook, in order."""
    return [c for c in notebook.cells if c.cell_type == "code"]


def md(source: str, id: str, **more: object) -> NotebookNode:
    return new_markdown_cell(source, id=id, **more)


def out(id: str, *outputs: NotebookNode, src: str = "1", **more: object) -> NotebookNode:
    return new_code_cell(src, id=id, outputs=list(outputs), execution_count=1, **more)


def disp(data: dict, metadata: dict | None = None) -> NotebookNode:
    return new_output("display_data", data, metadata=metadata or {})


def torture(marker: str) -> NotebookNode:
    """Every kind of output, and what breaks reports. Running it would write the file ``marker``."""
    n = []
    n.append(
        md(
            "### Starts at level three\n\nText with *em*, **strong**, ~~gone~~, `code`, H<sub>2</sub>O, x<sup>2</sup>, <b>bold</b>, <kbd>Ctrl</kbd>, a<br>break, <span style='color:red'>span</span>, https://example.org/a?b=1&c=2 and [link](https://example.org \"title\") and [local](data.csv) and [bad](javascript:alert(1)).",
            "basic",
        )
    )
    n.append(
        md(
            "- one\n  - two\n    - three\n      1. four\n      2. five\n- [x] done\n- [ ] open\n\n3. third\n4. fourth\n\n> quote\n> > nested quote\n>\n> - list in quote\n\nTerm with a note[^a] and another[^b].\n\n[^a]: First note with *style*.\n[^b]: Second.\n\n| a | b | c |\n|:--|:-:|--:|\n| left | mid | 1 |\n| `x|y` | **b** | 22 |\n\n```python\ndef f(x):\n    return x  # code\n```\n\n---\n\n##### Level five after three",
            "lists",
        )
    )
    n.append(
        md(
            'Inline $e^{i\\pi}+1=0$ and $\\frac{a}{b}$, display\n\n$$\\sum_{i=1}^{n} \\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}$$\n\n\\begin{align} a &= b \\\\ c &= d \\end{align}\n\nbroken $\\frac{a}{$ and hostile $\\text{"#panic()} \\href{javascript:alert(1)}{x}$',
            "maths",
        )
    )
    n.append(
        md(
            "![dot](attachment:dot.png) ![remote](https://example.org/x.png) ![outside](../outside.png) ![encoded](..%2foutside.png) ![linked](linked.png) ![beside](beside.png) ![none](missing.png) ![](data:image/png;base64,"
            + PNG
            + ")",
            "images",
            attachments={"dot.png": {"image/png": PNG}},
        )
    )
    n.append(
        md(
            "<table><tr><td>unclosed <b>bold<tr><td colspan=2>wide</table><div><p>never closed <i>italic\n\n<script>window.hacked=1</script><style>p{color:red}</style><iframe src='https://example.org'>old words</iframe><details><summary>Sum</summary>inside</details><video src=x.mp4>video words</video><custom-tag>custom words</custom-tag><!-- comment -->",
            "html",
        )
    )
    n.append(
        md(
            "العربية: مرحبا بالعالم — עברית: שלום עולם — 日本語ひらがな 한국어 ไทย हिन्दी — emoji 😀 🧪 👩‍🔬 ❤️ — math 𝔸 — rare 𠀀 — combining é — zero\u200bwidth \u202eevil\u202c",
            "scripts",
        )
    )
    n.append(
        md(
            "Pneumono"
            + "ultramicroscopicsilicovolcanoconiosis" * 8
            + " and https://example.org/"
            + "a" * 300
            + " and `"
            + "code" * 60
            + "`",
            "long",
        )
    )
    for i, e in enumerate(EVIL):
        n.append(md(e, f"evil-md-{i}"))
    n.append(
        out(
            "streams",
            new_output(
                "stream",
                name="stdout",
                text="plain\n\x1b[31mred\x1b[0m \x1b[1;32mbold green\x1b[0m \x1b[38;5;208morange\x1b[0m \x1b[44mblue back\x1b[0m\n 1%\r50%\r100%\nab\bc\n\ttab \x1b]8;;http://x\x07link\x1b]8;;\x07\n",
            ),
            new_output("stream", name="stderr", text="a warning\n"),
        )
    )
    n.append(
        out(
            "wide-stream",
            new_output(
                "stream",
                name="stdout",
                text="\n".join("x" * 400 + str(i) for i in range(3))
                + "\n"
                + "\n".join(f"line {i} of a long stream" for i in range(300)),
            ),
        )
    )
    n.append(
        out(
            "error",
            new_output(
                "error",
                ename="ValueError",
                evalue="bad <b> #panic",
                traceback=["\x1b[31mTraceback\x1b[0m", "ValueError: bad <b> #panic()"],
            ),
        )
    )
    df = pd.DataFrame({"name": ["汉字", "b & c", "<i>x</i>"], "value": [1.5, -2, float("nan")], "n": [1, 22, 333]})
    n.append(out("pandas", disp({"text/html": df._repr_html_(), "text/plain": repr(df)})))
    mi = df.set_index([pd.Index(["p", "p", "q"], name="k"), "name"])
    mi.columns = pd.MultiIndex.from_tuples([("top", "value"), ("top", "n")])
    n.append(out("multiindex", disp({"text/html": mi._repr_html_(), "text/plain": repr(mi)})))
    wide = pd.DataFrame(
        [[f"cell{r}_{c}" for c in range(60)] for r in range(3)], columns=[f"column_{c}" for c in range(60)]
    )
    n.append(out("wide", disp({"text/html": wide.to_html(), "text/plain": "wide"})))
    long = pd.DataFrame({"row": range(600), "text": [f"text of row {i}" for i in range(600)]})
    n.append(out("long-table", disp({"text/html": long.to_html(), "text/plain": "long"})))
    n.append(
        out(
            "long-word-table",
            disp(
                {
                    "text/html": "<table><thead><tr><th>a</th><th>b</th></tr></thead><tr><td>"
                    + "w" * 400
                    + "</td><td>"
                    + "汉" * 300
                    + "</td></tr></table>"
                }
            ),
        )
    )
    n.append(
        out(
            "tall-cell",
            disp(
                {
                    "text/html": "<table><tr><th>h</th></tr><tr><td>"
                    + "many words in one cell. " * 800
                    + "</td></tr></table>"
                }
            ),
        )
    )
    n.append(
        out(
            "wide-spans",
            disp(
                {
                    "text/html": "<table><tr>"
                    + "".join(f"<th colspan=2>group{i}</th>" for i in range(20))
                    + "</tr><tr>"
                    + "".join(f"<td>longvalue{i}</td>" for i in range(40))
                    + "</tr></table>"
                }
            ),
        )
    )
    gt = '<div id="t1"><style>#t1 table{color:red}</style><table class="gt_table"><thead><tr class="gt_heading"><td colspan="2" class="gt_heading gt_title">A title</td></tr><tr class="gt_col_headings"><th class="gt_col_heading gt_left" scope="col">Name</th><th class="gt_col_heading gt_right" scope="col">Value</th></tr></thead><tbody class="gt_table_body"><tr><td class="gt_row gt_left">x</td><td class="gt_row gt_right">1,234</td></tr></tbody><tfoot><tr class="gt_sourcenotes"><td class="gt_sourcenote" colspan="2">Source note</td></tr></tfoot></table></div>'
    n.append(out("great-tables", disp({"text/html": gt, "text/plain": "GT()"})))
    n.append(
        out(
            "svg",
            disp({"image/svg+xml": SVG, "text/plain": "<Figure size 1x1>"}, {"image/svg+xml": {"alt": "A red bar"}}),
        )
    )
    n.append(
        out(
            "png",
            disp(
                {"image/png": PNG, "text/plain": "<Figure size 1x1 with 1 Axes>"},
                {"image/png": {"alt": "A dot", "width": 50}},
            ),
        )
    )
    n.append(out("noalt", disp({"image/png": PNG, "text/plain": "<Figure size 1x1 with 1 Axes>"})))
    n.append(
        out(
            "broken-png",
            disp(
                {
                    "image/png": base64.b64encode(b"not a picture").decode(),
                    "text/plain": "the words of a broken picture",
                }
            ),
        )
    )
    n.append(out("broken-svg", disp({"image/svg+xml": "<svg><unclosed>", "text/plain": "the words of a broken svg"})))
    n.append(
        out(
            "evil-svg",
            disp(
                {
                    "image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" onload="window.hacked=1" width="10" height="10"><script>window.hacked=1</script><image href="file:///etc/passwd"/></svg>',
                    "text/plain": "evil svg",
                }
            ),
        )
    )
    n.append(
        out(
            "svg-file",
            disp(
                {
                    "image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><image href="secret.png" width="10" height="10"/></svg>',
                    "text/plain": "svg with a file",
                }
            ),
        )
    )
    n.append(
        out(
            "svg-text",
            disp(
                {
                    "image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text y="20" font-family="Nonesuch">words 汉字 🧪 in svg</text></svg>',
                    "text/plain": "svg with words",
                },
                {"image/svg+xml": {"alt": "words in a picture"}},
            ),
        )
    )
    n.append(out("markdown", disp({"text/markdown": "**markdown** output | $x$", "text/plain": "md"})))
    n.append(out("latex", disp({"text/latex": "$$\\int_0^1 x\\,dx$$", "text/plain": "integral"})))
    n.append(out("latex-doc", disp({"text/latex": "\\begin{tabular}{ll} a & b \\end{tabular}", "text/plain": "tab"})))
    n.append(
        out(
            "plotly",
            disp(
                {
                    "text/html": "<div id='p'></div><script>Plotly.newPlot('p')</script>",
                    "text/plain": "plain words of plotly",
                }
            ),
        )
    )
    n.append(
        out(
            "widget",
            disp({"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "IntSlider(value=3)"}),
        )
    )
    n.append(out("unknown", disp({"application/x-unknown": "x"})))
    n.append(out("json", disp({"application/json": {"a": 1}, "text/plain": "<IPython.core.display.JSON object>"})))
    n.append(
        out(
            "hidden",
            new_output("stream", name="stdout", text="must not be shown"),
            metadata={"tags": ["remove_output"]},
        )
    )
    n.append(
        out(
            "hidden-cell",
            new_output("stream", name="stdout", text="must not be shown"),
            metadata={"tags": ["remove-cell"]},
        )
    )
    n.append(out("source", src="secret_code = 1"))
    n.append(out("bomb", src=f"open({marker!r}, 'w').write('executed')"))
    for i, e in enumerate(EVIL):
        n.append(
            out(
                f"evil-out-{i}",
                new_output("stream", name="stdout", text=e),
                disp({"text/plain": e}),
                disp({"text/html": "<p>" + e.replace("<", "&lt;") + "</p>", "text/plain": "e"}),
            )
        )
    n.append(new_raw_cell("raw words", id="raw"))
    n.append(new_raw_cell("\\newpage", id="raw-latex", metadata={"format": "text/latex"}))
    return new_notebook(cells=n)
