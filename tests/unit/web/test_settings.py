"""Settings come from the environment, by our names and a few plain ones."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from deploy.accounts import Accounts
from shared.settings import ServiceSettings


class Later(ServiceSettings):
    """A service's own settings."""

    port: int = 8002


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)  # not where a data folder of `make run` may be
    for name in ("DATA", "PORT", "DEMO", "OSIEDLE_DATA", "OSIEDLE_PORT", "OSIEDLE_DEMO", "OSIEDLE_NATS_URL"):
        monkeypatch.delenv(name, raising=False)


def test_without_an_environment_everything_has_a_default():
    settings = Later()
    assert settings.address == "http://127.0.0.1:8002"
    assert settings.url_of("calendar") == "sqlite:///data/calendar.sqlite"
    assert settings.bus_address() == "nats://127.0.0.1:4222"
    assert settings.bus_login("calendar") == {}
    assert settings.demo is False


@pytest.mark.parametrize(("text", "demo"), [("yes", True), ("no", False), ("1", True), ("", False)])
def test_plain_names_are_read_too(monkeypatch: pytest.MonkeyPatch, text: str, demo: bool):
    monkeypatch.setenv("PORT", "9000")
    monkeypatch.setenv("DATA", "/elsewhere")
    monkeypatch.setenv("DEMO", text)
    settings = Later()
    assert (settings.port, settings.data, settings.demo) == (9000, Path("/elsewhere"), demo)


def test_our_own_name_wins_over_the_plain_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PORT", "9000")
    monkeypatch.setenv("OSIEDLE_PORT", "9001")
    assert Later().port == 9001
    assert Later(port=9002).port == 9002


def test_partners_are_a_list_with_commas(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OSIEDLE_PARTNERS", "roads, parks,")
    assert ServiceSettings().partners == ("roads", "parks")


def test_an_address_has_no_slash_at_its_end():
    settings = ServiceSettings(address="https://osiedle.example/")
    assert settings.address == "https://osiedle.example"
    assert settings.is_secure


def test_the_bus_is_where_the_embedded_server_wrote_it_down(tmp_path: Path):
    (tmp_path / "nats").mkdir()
    (tmp_path / "nats" / "url").write_text("nats://127.0.0.1:5000\n")
    accounts = Accounts(tmp_path)
    accounts.bring_about(())
    login = tmp_path / "nats" / "map.creds"
    login.write_text(accounts.creds("map", before=login))
    settings = ServiceSettings(data=tmp_path)
    assert settings.bus_address() == "nats://127.0.0.1:5000"
    assert settings.bus_login("map")["user_jwt_cb"]().decode() in login.read_text()
    assert settings.bus_login("calendar") == {}
    with pytest.raises(FileNotFoundError):
        ServiceSettings(data=tmp_path, nats_credentials=tmp_path / "gone").bus_login("map")
    assert ServiceSettings(data=tmp_path, nats_url="nats://bus:1").bus_address() == "nats://bus:1"


def test_a_port_that_is_none_is_refused():
    with pytest.raises(ValidationError):
        ServiceSettings(port=70000)


class Secretive(ServiceSettings):
    """Settings with a password, and with something else whose name ends like a file's."""

    smtp_password: SecretStr | None = None
    smtp_host: str = "127.0.0.1"


def test_a_secret_may_stand_in_a_file_and_other_settings_do_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    file = tmp_path / "password"
    file.write_text("zażółć gęślą\n")
    monkeypatch.setenv("OSIEDLE_SMTP_PASSWORD_FILE", str(file))
    monkeypatch.setenv("OSIEDLE_SMTP_HOST_FILE", str(file))
    settings = Secretive()
    assert settings.smtp_password is not None
    assert settings.smtp_password.get_secret_value() == "zażółć gęślą"
    assert settings.smtp_host == "127.0.0.1"
    assert "zażółć" not in repr(settings)


@pytest.mark.parametrize(
    ("beside", "content", "sentence"),
    [
        ("other", "kept\n", "OSIEDLE_SMTP_PASSWORD and OSIEDLE_SMTP_PASSWORD_FILE are both set"),
        ("", "\n", "is empty"),
        ("", None, "cannot be read"),
    ],
)
def test_a_secret_given_twice_or_not_at_all_is_refused_in_a_sentence_without_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, beside: str, content: str | None, sentence: str
):
    file = tmp_path / "password"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("OSIEDLE_SMTP_PASSWORD", beside)
    monkeypatch.setenv("OSIEDLE_SMTP_PASSWORD_FILE", str(file))
    with pytest.raises(ValidationError, match=sentence) as refused:
        Secretive()
    assert "kept" not in refused.value.errors()[0]["msg"]


def test_a_bare_name_is_an_address_by_https():
    settings = ServiceSettings(address="osiedle.example.org/")
    assert settings.address == "https://osiedle.example.org"
    assert settings.is_secure
