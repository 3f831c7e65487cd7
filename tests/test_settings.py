"""Settings say exactly what is wrong with them before anything runs."""

from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from connector.errors import SettingsError
from connector.settings import AccountSettings, ProcessSettings, load, settings_of


class Vendor(BaseModel):
    """A CRM's own settings, as an adapter would declare them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    token: SecretStr
    base_url: str = "https://api.example.com"
    headroom: float = Field(0.3, ge=0, le=0.9)


VENDORS = {"acme": Vendor}


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"CRM_KPI_ACME__TOKN": "x"}, "CRM_KPI_ACME__TOKN is not a setting; did you mean CRM_KPI_ACME__TOKEN?"),
        ({"CRM_KPI_TOKEN": "x"}, "CRM_KPI_TOKEN is not a setting; did you mean CRM_KPI_ACME__TOKEN?"),
        ({"CRM_KPI_SHEDULE": "daily", "CRM_KPI_ACME__TOKEN": "x"}, "CRM_KPI_SHEDULE is not a setting; did you mean CRM_KPI_SCHEDULE?"),
        ({"CRM_KPI_ADAPTER": "acme"}, "CRM_KPI_ACME__TOKEN is missing."),
        ({"CRM_KPI_ADAPTER": "akme"}, "CRM_KPI_ADAPTER is 'akme'; allowed are acme."),
        ({"CRM_KPI_TIMEZONE": "UTC"}, "CRM_KPI_ADAPTER is missing; allowed are acme."),
        (
            {"CRM_KPI_ACME__TOKEN": "x", "CRM_KPI_FISCAL_YEAR_START": "13"},
            "CRM_KPI_FISCAL_YEAR_START is '13': input should be less than or equal to 12.",
        ),
        (
            {"CRM_KPI_ACME__TOKEN": "x", "CRM_KPI_ACME__HEADROOM": "2"},
            "CRM_KPI_ACME__HEADROOM is '2': input should be less than or equal to 0.9.",
        ),
        ({"CRM_KPI_ACME__TOKEN": "x", "CRM_KPI_LANGUAGE": "de"}, "CRM_KPI_LANGUAGE is 'de': allowed are en, sv, fi, uk, pt, pl."),
        (
            {"CRM_KPI_ACME__TOKEN": "x", "CRM_KPI_LISTEN": "here"},
            "CRM_KPI_LISTEN is 'here': that does not fit. Address and port of the status page of `serve`.",
        ),
        ({"CRM_KPI_ACCOUNTS__BIG__ACME__TOKN": "x"}, "did you mean CRM_KPI_ACCOUNTS__BIG__ACME__TOKEN?"),
        ({"CRM_KPI_ACCOUNTS__BIG__ADAPTER": "acme"}, "CRM_KPI_ACCOUNTS__BIG__ACME__TOKEN is missing."),
        ({"CRM_KPI_ACME": "x", "CRM_KPI_ACME__TOKEN": "y"}, "CRM_KPI_ACME__TOKEN cannot be set beside CRM_KPI_ACME."),
        ({"CRM_KPI_ACME__TOKEN_FILE": "/nowhere/token"}, "CRM_KPI_ACME__TOKEN_FILE names /nowhere/token, which cannot be read"),
        ({"CRM_KPI_CONFIG": "/nowhere/settings.toml"}, "CRM_KPI_CONFIG names /nowhere/settings.toml, which cannot be read"),
        ({"CRM_KPI_ACME__TOKEN": "x", "CRM_KPI_GOALS": '[{"kpi": "a"}]'}, "CRM_KPI_GOALS__0__PERIOD is missing."),
        (
            {"CRM_KPI_ACME__TOKEN": "x", "CRM_KPI_GOALS": '[{"period": "2018", "better": "sideways"}]'},
            "CRM_KPI_GOALS__0__BETTER is 'sideways': input should be 'up' or 'down'.",
        ),
        (
            {"CRM_KPI_ACME__TOKEN": "x", "CRM_KPI_GOALS": '[{"period": "2018", "more_then": {"by": 1}}]'},
            "CRM_KPI_GOALS__0__MORE_THEN is not a setting; did you mean CRM_KPI_GOALS__0__MORE_THAN?",
        ),
        (
            {"CRM_KPI_ACME__TOKEN": "x", "CRM_KPI_GOALS": '[{"period": "2018", "more_than": {"by": -1}}]'},
            "CRM_KPI_GOALS__0__MORE_THAN__BY is -1: input should be greater than 0.",
        ),
    ],
)
def test_a_wrong_setting_names_itself_and_what_is_allowed(environ: dict[str, str], says: str):
    """Whatever is unknown, missing or malformed is named as the admin wrote it, with what is allowed."""
    with pytest.raises(SettingsError) as error:
        load(environ, VENDORS)

    assert says in str(error.value)


def test_a_wrong_setting_of_the_file_is_found_there(tmp_path: Path):
    """What stands in the settings file is told by its place in it, too; what the environment holds is not."""
    path = tmp_path / "settings.toml"
    path.write_text('language = "de"\n[acme]\nheadroom = 2\n')
    with pytest.raises(SettingsError, match=r"^CRM_KPI_LANGUAGE \(`language` in settings.toml\) is 'de': allowed"):
        load({"CRM_KPI_CONFIG": str(path), "CRM_KPI_ACME__TOKEN": "x"}, VENDORS)
    with pytest.raises(SettingsError, match=r"^CRM_KPI_ACME__HEADROOM \(`acme.headroom` in settings.toml\) is 2"):
        load({"CRM_KPI_CONFIG": str(path), "CRM_KPI_ACME__TOKEN": "x", "CRM_KPI_LANGUAGE": "fi"}, VENDORS)
    with pytest.raises(SettingsError, match=r"^CRM_KPI_LANGUAGE is 'xx'"):
        load({"CRM_KPI_CONFIG": str(path), "CRM_KPI_ACME__TOKEN": "x", "CRM_KPI_LANGUAGE": "xx"}, VENDORS)


def test_a_secret_is_never_shown():
    """Neither an error nor the settings' own text holds a secret's value."""
    environ = {"CRM_KPI_ACME__TOKEN": "very-secret", "CRM_KPI_DATABASE_URL": "postgresql://u:pass-word@h/d"}

    text = repr(load(environ, VENDORS))
    with pytest.raises(SettingsError) as error:
        load({**environ, "CRM_KPI_ACME__TOKEN": "very-secret", "CRM_KPI_ACME__X": "1"}, VENDORS)

    assert "very-secret" not in text + str(error.value)
    assert "pass-word" not in text + str(error.value)


def test_the_short_form_is_the_default_account():
    """Without names the settings are those of one account, called default, whose CRM need not be named."""
    found = load({"CRM_KPI_ACME__TOKEN": "t", "CRM_KPI_PUSH_FIELDS": "deals, users"}, VENDORS).accounts["default"]

    assert found.adapter == "acme"
    assert found.house.push_fields == ("deals", "users")


def test_several_accounts_stand_side_by_side(tmp_path: Path):
    """A TOML file and the environment together describe many accounts; the environment wins."""
    file = tmp_path / "settings.toml"
    file.write_text('[accounts.one]\nschedule = "daily"\nacme.headroom = 0.5\n[accounts.two.acme]\ntoken_file = "token"\n')
    (tmp_path / "token").write_text("from-file\n")
    environ = {
        "CRM_KPI_CONFIG": str(file),
        "CRM_KPI_ACCOUNTS__ONE__ACME__TOKEN": "one",
        "CRM_KPI_ACCOUNTS__ONE__SCHEDULE": "hourly",
        "CRM_KPI_ACCOUNTS__TWO__ACME__TOKEN_FILE": str(tmp_path / "token"),
    }

    found = load(environ, VENDORS).accounts

    assert sorted(found) == ["one", "two"]
    assert found["one"].house.schedule == "hourly"
    assert isinstance(found["one"].vendor, Vendor)
    assert found["one"].vendor.headroom == 0.5
    assert isinstance(found["two"].vendor, Vendor)
    assert found["two"].vendor.token.get_secret_value() == "from-file"


@pytest.mark.parametrize(
    ("environ", "wins"),
    [
        ({}, "of-file"),
        ({"CRM_KPI_ACME__TOKEN": "of-environ"}, "of-environ"),
        ({"CRM_KPI_ACME__TOKEN_FILE": "other"}, "of-other"),
    ],
)
def test_the_environment_beats_a_secrets_file_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], wins: str):
    """A secret in the environment, or the file that the environment names, goes before the file that the settings file names."""
    monkeypatch.chdir(tmp_path)
    Path("settings.toml").write_text('[acme]\ntoken_file = "one"\n')
    Path("one").write_text("of-file")
    Path("other").write_text("of-other")

    found = load({"CRM_KPI_CONFIG": "settings.toml", **environ}, VENDORS).accounts["default"].vendor

    assert isinstance(found, Vendor)
    assert found.token.get_secret_value() == wins


def test_an_account_named_like_a_twin_stays(tmp_path: Path):
    """Only settings have twins: naming one account in the environment leaves another, called the same with `_file`, alone."""
    file = tmp_path / "settings.toml"
    file.write_text('[accounts.one_file]\nadapter = "acme"\nacme.headroom = 0.1\n')
    environ = {
        "CRM_KPI_CONFIG": str(file),
        "CRM_KPI_ACCOUNTS__ONE__ACME__TOKEN": "t",
        "CRM_KPI_ACCOUNTS__ONE_FILE__ACME__TOKEN": "t",
    }

    assert sorted(load(environ, VENDORS).accounts) == ["one", "one_file"]


def test_a_secret_may_not_stand_in_the_file(tmp_path: Path):
    """A settings file is shared and committed, so it may name a secret's file, but never hold the secret."""
    file = tmp_path / "settings.toml"
    file.write_text('[acme]\ntoken = "oops"\n')

    with pytest.raises(SettingsError) as error:
        load({"CRM_KPI_CONFIG": str(file)}, VENDORS)

    assert "acme.token is a secret and may not stand in" in str(error.value)
    assert "oops" not in str(error.value)


def test_goals_can_be_written_as_toml_tables(tmp_path: Path):
    """Targets are read with exact decimals."""
    file = tmp_path / "settings.toml"
    file.write_text('[acme]\ntoken_file = "t"\n[[goals]]\nkpi = "revenue_won"\nperiod = "2018"\ntarget = "0.1"\nsplit = "quarter"\n')
    (tmp_path / "t").write_text("x")

    found = load({"CRM_KPI_CONFIG": str(file), "CRM_KPI_ACME__TOKEN_FILE": str(tmp_path / "t")}, VENDORS)

    assert found.accounts["default"].house.goals[0].target == Decimal("0.1")


def test_every_setting_is_described():
    """Docs and manifest are made from the declarations, so each has a sentence of its own."""
    declared = [*settings_of(ProcessSettings), *settings_of(AccountSettings)]

    assert [name for name, info, _ in declared if not info.description] == []
    assert ("CRM_KPI_DATABASE_URL", True) in [(name, secret) for name, _, secret in declared]
