"""A Nutshell account in a box, filled with real sales data; it follows the vendor notes (nutshell.md); guesses are marked [recall]."""

from connector.sandbox.nutshell.account import Account, Options
from connector.sandbox.nutshell.app import KEY, USER, nutshell_app, run_nutshell

__all__ = ["KEY", "USER", "Account", "Options", "nutshell_app", "run_nutshell"]
