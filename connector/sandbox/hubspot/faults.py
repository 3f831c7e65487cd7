"""Planned faults: after so many matching requests, answer badly, late, in part or not at all."""

import asyncio
from asyncio import Transport
from dataclasses import dataclass

from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from connector.sandbox.hubspot.calls import Fields
from connector.sandbox.hubspot.errors import Refusal, invalid
from connector.sandbox.hubspot.limits import limited

KINDS = ("status", "html", "timeout", "drop", "truncate")
_FIELDS = ("method", "path", "after", "count", "kind", "status", "policy", "seconds", "applied")
_TOO_MANY = 429
_SAID = {
    # hubspot.md 2.2 [G]: what a token that has just grown old is told.
    401: ("EXPIRED_AUTHENTICATION", "The OAuth token used to make this call expired 0 second(s) ago."),
    # hubspot.md 5, field lesson 15 [G]: a whole batch is refused, and no row is named.
    400: ("VALIDATION_ERROR", "The batch could not be processed."),
    409: ("CONFLICT", "The batch conflicts with another change."),
    # hubspot.md 6 [D]: the account moves to another data centre, which takes up to a day; [R]: a token that no account ever gave out.
    477: ("MIGRATION_IN_PROGRESS", "This account is being moved; come back later."),
    530: ("UNKNOWN_TOKEN", "error code: 1016"),
    423: ("LOCKED", "The records are locked by another operation."),
}


@dataclass(slots=True)
class Fault:
    """One plan.

    It concerns requests with this method ("" is any) whose path starts with `path`; lets `after` of them pass, then spoils `count`.
    `kind`: status (an error body with `status`), html (the same as a page), timeout (sleeps `seconds` first), drop (cuts the connection),
    truncate (half of the body). With `applied` the request is carried out before it is spoiled, so that its sender cannot know.
    """

    kind: str
    method: str = ""
    path: str = "/"
    after: int = 0
    count: int = 1
    status: int = 500
    policy: str = "TEN_SECONDLY_ROLLING"
    seconds: float = 30.0
    applied: bool = False

    @property
    def runs_first(self) -> bool:
        """Whether the request is carried out before it is spoiled; half a body needs a whole one."""
        return self.applied or self.kind == "truncate"

    def concerns(self, method: str, path: str) -> bool:
        """Whether the plan is about such a request."""
        return self.method in {"", method} and path.startswith(self.path)

    def refusal(self) -> Refusal:
        """Return the error of kind status."""
        if self.status == _TOO_MANY:
            return limited(self.policy)
        return Refusal(self.status, *_SAID.get(self.status, ("INTERNAL_ERROR", "The request could not be handled now.")))

    async def spoil(self, response: Response) -> Response:
        """Return what goes out instead of `response`."""
        if self.kind == "html":
            return HTMLResponse("<html><body><h1>Bad Gateway</h1></body></html>", status_code=self.status)
        if self.kind == "truncate":
            body = bytes(response.body)
            return Response(body[: len(body) // 2], status_code=response.status_code, media_type="application/json")
        if self.kind == "drop":
            return Dropped()
        await asyncio.sleep(self.seconds)
        return response


class Dropped(Response):
    """An answer that never comes: the connection is cut."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # an ASGI app has these three
        """Cut the connection and let the server notice."""
        transport: Transport = scope["state"]["transport"]
        transport.abort()
        await receive()


class Faults:
    """The plans that are still open."""

    def __init__(self) -> None:
        self._plans: list[Fault] = []

    def plan(self, faults: list[Fault]) -> None:
        """Replace all plans."""
        self._plans = faults

    def take(self, method: str, path: str) -> Fault | None:
        """Count a request and return the first plan whose turn it is."""
        for fault in [fault for fault in self._plans if fault.concerns(method, path)]:
            if fault.after > 0:
                fault.after -= 1
            elif fault.count > 0:
                fault.count -= 1
                return fault
        return None


def fault_of(fields: Fields) -> Fault:
    """Read one plan.

    Raises:
        Refusal: a field is unknown, or the kind is.
    """
    fields.only(*_FIELDS)
    kind = fields.text("kind", "status")
    if kind not in KINDS:
        raise invalid(f'Unknown kind of fault "{kind}"; known are {", ".join(KINDS)}.')
    return Fault(
        kind=kind,
        method=fields.text("method", ""),
        path=fields.text("path", "/"),
        after=fields.whole("after", 0),
        count=fields.whole("count", 1),
        status=fields.whole("status", 502 if kind == "html" else 500),
        policy=fields.text("policy", "TEN_SECONDLY_ROLLING"),
        seconds=fields.number("seconds", 30.0),
        applied=fields.flag("applied"),
    )
