"""How ClickUp says no: a status, words and a code (clickup.md 2 [C]); codes that the notes do not name are [recall]."""

from dataclasses import dataclass


@dataclass(eq=False)
class Refusal(Exception):
    """One refused request."""

    status: int
    err: str
    code: str

    @property
    def body(self) -> dict[str, str]:
        """What goes out as JSON."""
        return {"err": self.err, "ECODE": self.code}


def bad_token() -> Refusal:
    """Return what a token is told that nobody gave out [C]."""
    return Refusal(401, "Oauth token not found", "OAUTH_018")


def not_authorized() -> Refusal:
    """Return what is said of a Workspace that the token does not belong to [C]."""
    return Refusal(401, "Team not authorized", "OAUTH_056")


def hidden() -> Refusal:
    """Return what is said of a place that the token's user cannot see, or that is not there [recall]."""
    return Refusal(401, "Team(s) not authorized", "OAUTH_023")


def no_task() -> Refusal:
    """Return what is said of a task that is not there [recall]."""
    return Refusal(404, "Task not found, deleted", "ITEM_013")


def limited() -> Refusal:
    """Return the answer over the limit of a minute; it does not say when to come back (clickup.md 2 [D])."""
    return Refusal(429, "Rate limit reached", "APP_002")


def bad(err: str, code: str = "INPUT_003") -> Refusal:
    """Return a refusal of what was asked."""
    return Refusal(400, err, code)


def no_route() -> Refusal:
    """Return what is said of a path that nobody answers [recall]."""
    return Refusal(404, "Route not found", "APP_001")
