"""The pages that `serve` shows: what every account's road did last, what is due, and whether all is well."""

from connector.web.pages import status_app
from connector.web.server import web_server
from connector.web.status import AccountStatus, Figure, GoalLine, PlanLine, RunLine, StatusPage, StreamLine

__all__ = ["AccountStatus", "Figure", "GoalLine", "PlanLine", "RunLine", "StatusPage", "StreamLine", "status_app", "web_server"]
