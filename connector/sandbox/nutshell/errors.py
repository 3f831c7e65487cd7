"""The four shapes in which Nutshell says no (nutshell.md 4 [AMP])."""

from dataclasses import dataclass

_WORDS = {401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed", 502: "Bad Gateway"}
_PAGE = """<!DOCTYPE html>
<html>
<head><meta charset="UTF-8" /><title>An Error Occurred: {word}</title></head>
<body><h1>Oops! An Error Occurred</h1><h2>The server returned a "{status} {word}".</h2></body>
</html>
"""


@dataclass(eq=False)
class Refusal(Exception):
    """One refused request; `shape` is listed (errors in an envelope), plain (code and message), page (HTML) or text (a bare string)."""

    status: int
    title: str
    detail: str | None = None
    shape: str = "listed"

    def body(self, plural: str) -> object:
        """Return what goes out as JSON."""
        if self.shape == "plain":
            return {"code": self.status, "message": self.title}
        if self.shape == "text":
            return self.title
        error = {"id": None, "type": "errors", "code": None, "detail": self.detail, "href": None}
        return {plural: [], "errors": [{**error, "status": str(self.status), "title": self.title, "field": None}]}

    @property
    def page(self) -> str:
        """Return what goes out as HTML."""
        return _PAGE.format(status=self.status, word=_WORDS.get(self.status, self.title))


@dataclass(eq=False)
class Denied(Exception):
    """A refused call of the older JSON-RPC, with the code of its error (nutshell.md 9 [SL])."""

    code: int
    message: str


def bad(title: str, detail: str | None = None) -> Refusal:
    """Return a refusal of what was asked."""
    return Refusal(400, title, detail)


def lost() -> Refusal:
    """Return what is said of something that is not there."""
    return Refusal(404, "Not Found", shape="page")
