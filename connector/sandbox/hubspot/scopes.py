"""Which scopes let a call read the records of a kind (hubspot.md 2.3 [S])."""

from connector.sandbox.hubspot.calls import Call
from connector.sandbox.hubspot.kinds import CONTACTS, FEEDBACK, Kind
from connector.sandbox.hubspot.portal import Portal

_STRICT = "2026-09"


def require_reading(portal: Portal, call: Call, kind: Kind) -> None:
    """Let a call read records of a kind.

    Raises:
        Refusal: the scope is missing; answers to surveys take their own or that of contacts, and from 2026-09 on both together.
    """
    if kind is not FEEDBACK:
        portal.require(kind.read_scope)
    elif _STRICT in call.path.split("/"):
        portal.require(kind.read_scope)
        portal.require(CONTACTS.read_scope)
    else:
        portal.require(kind.read_scope, CONTACTS.read_scope)
