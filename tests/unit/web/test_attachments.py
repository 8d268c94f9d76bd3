"""Names of files that people save: safe on every system, and readable in Polish."""

import re
from urllib.parse import unquote

import pytest
from fastapi import Response
from hypothesis import given
from hypothesis import strategies as st

from shared.web.attachments import attachment, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Święto Azorów.ics", "Święto Azorów.ics"),
        ("../../etc/passwd", "-..-etc-passwd"),
        ("C:\\temp\\x.csv", "C--temp-x.csv"),
        ("a\r\nSet-Cookie: x=1", "a Set-Cookie- x=1"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        (".bashrc", "bashrc"),
        ("nul.csv", "_nul.csv"),
        ("", "file"),
        ("...", "file"),
        ("\0", "file"),
        ("x" * 300 + ".csv", "x" * 116 + ".csv"),
    ],
)
def test_a_name_is_made_safe(name: str, safe: str):
    assert safe_name(name) == safe


def test_polish_letters_are_kept_beside_a_plain_form():
    header = attachment(Response(), "Święto łąki.ics").headers["content-disposition"]
    plain, _, full = header.partition("; filename*=UTF-8''")
    assert plain == 'attachment; filename="Swieto laki.ics"'
    assert unquote(full) == "Święto łąki.ics"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_leaves_the_header_or_the_folder(text: str):
    header = attachment(Response(), text).headers["content-disposition"]
    assert header.isascii()
    assert header.isprintable()
    assert re.fullmatch(r"""attachment; filename="[^"\\/:]+"(; filename\*=UTF-8''[\w.~%-]+)?""", header)
    name = safe_name(text)
    assert name not in ("", ".", "..")
    assert not re.search(r"[/\\\0]", name)
    assert len(name) <= 120
    assert safe_name(name) == name
