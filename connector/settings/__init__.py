"""Settings: declared where they are used, read once, checked before anything runs. Adapters own theirs; `load` composes them."""

from connector.settings.address import safe_address
from connector.settings.house import AccountConfig, AccountSettings, GoalSetting, ProcessSettings, Settings, Words
from connector.settings.reading import PREFIX, load, setting_name, settings_of

__all__ = [
    "PREFIX",
    "AccountConfig",
    "AccountSettings",
    "GoalSetting",
    "ProcessSettings",
    "Settings",
    "Words",
    "load",
    "safe_address",
    "setting_name",
    "settings_of",
]
