"""Settings: declared where they are used, read once, checked before anything runs. Adapters own theirs; `load` composes them."""

from connector.settings.address import safe_address
from connector.settings.goals import Asked, GoalSetting, KeyResult, MilestoneSetting, Than
from connector.settings.house import AccountConfig, AccountSettings, ProcessSettings, Settings, Words
from connector.settings.kpis import KpiSetting
from connector.settings.reading import PREFIX, load, secrets_given, setting_name, settings_of

__all__ = [
    "PREFIX",
    "AccountConfig",
    "AccountSettings",
    "Asked",
    "GoalSetting",
    "KeyResult",
    "KpiSetting",
    "MilestoneSetting",
    "ProcessSettings",
    "Settings",
    "Than",
    "Words",
    "load",
    "safe_address",
    "secrets_given",
    "setting_name",
    "settings_of",
]
