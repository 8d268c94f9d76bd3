"""What people type or paste at the registry's doors: a code, the way back; and what their browser says it is."""

from urllib.parse import urljoin, urlsplit

from fastapi.responses import RedirectResponse
from hypothesis import example, given
from hypothesis import strategies as st

from services.registry.domain.browsers import label_of
from services.registry.domain.mail_addresses import email_hash_of, is_mail_address, usual_spelling
from services.registry.pages.cookies import local

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
ADDRESSES = st.text(alphabet="/\\.:@?#%\t\n abcé⁄／", max_size=30).map(lambda text: f"/{text}")


@given(st.one_of(TEXT, ADDRESSES))
@example("//evil.example")
@example("/\\evil.example")
@example("/\t/evil.example")
@example("///evil.example")
@example("/%09/evil.example")
@example("https://evil.example")
@example("/..//evil.example")
@example("javascript:alert(1)")
def test_nobody_is_sent_away_from_here(address: str):
    back = local(address)
    sent = RedirectResponse(back, status_code=303).headers["location"]
    assert "\r" not in sent
    assert "\n" not in sent
    for one in (back, sent, back.replace("\\", "/")):
        assert urlsplit(urljoin("https://osiedle.example/registry/sign-in", one)).netloc == "osiedle.example"


@given(TEXT)
@example("@" * 100_000)
@example("a" * 50_000 + "@" + "b." * 50_000)
def test_any_text_is_a_mail_address_or_none(text: str):
    if is_mail_address(text):
        assert text.count("@") == 1
        assert not set(text.strip()) & set(' \r\n\t<>,;"')
    assert len(email_hash_of(text)) == 64
    assert usual_spelling(usual_spelling(text)) == usual_spelling(text) or not is_mail_address(text)


@given(st.text(max_size=2000))
def test_a_browser_is_one_that_we_know_or_none(user_agent: str):
    assert len(label_of(user_agent)) < 40
