"""A ClickUp Workspace in a box, filled with real sales data; it follows the vendor notes (clickup.md); guesses are marked [recall]."""

from connector.sandbox.clickup.app import ACCESS, TOKEN, clickup_app, run_clickup
from connector.sandbox.clickup.workspace import Options, Workspace

__all__ = ["ACCESS", "TOKEN", "Options", "Workspace", "clickup_app", "run_clickup"]
