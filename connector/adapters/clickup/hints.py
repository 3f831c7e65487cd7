"""ClickUp's deliveries: signed with their own webhook's secret, and believed in nothing but what to read again."""

import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from pydantic import BaseModel

from connector.adapters.clickup.settings import ClickUpSettings
from connector.adapters.clickup.words import LISTS
from connector.adapters.sender import Sender
from connector.http import Incoming
from connector.model import Hint

PLACE = "/hooks/clickup"
"""How the address of deliveries ends."""
SIGNATURE = "x-signature"
_UNTOLD = ""
"""The tenant of a delivery that does not name its own: that of the account whose secret proves it."""
_ABOUT_TASKS = "task"
"""What the names of events about tasks begin with."""


def sender_of(settings: BaseModel, request: Incoming, now: datetime) -> Sender | None:  # noqa: ARG001 - nothing tells when it was signed
    """Return an account whose webhook has signed the raw body of a delivery.

    Neither the address nor a time is signed: a delivery that came twice is read again twice, and proves nothing at other addresses.
    """
    secret = ClickUpSettings.model_validate(settings).webhook_secret
    if secret is None or not urlsplit(request.url).path.endswith(PLACE):
        return None
    wanted = hmac.digest(secret.get_secret_value().encode(), request.body, "sha256").hex()
    given = request.headers.get(SIGNATURE, "").lower()
    return Sender(frozenset()) if hmac.compare_digest(wanted.encode(), given.encode()) else None


def hints_of(body: bytes) -> Sequence[Hint]:
    """Read one delivery, which is one event: its task, for every stream that tasks are read by.

    Neither the Workspace nor the list stands in it; the streams that the task is none of leave it out.

    Raises:
        ValueError: this is no event.
    """
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("The body is no JSON.") from None
    name, task = (event.get("event"), event.get("task_id")) if isinstance(event, dict) else (None, None)
    if not name or not isinstance(name, str):
        raise ValueError("The body is no event.")
    # What goes into an address is made of letters and digits, whatever came.
    if not name.startswith(_ABOUT_TASKS) or not (isinstance(task, str) and task.isascii() and task.isalnum()):
        return []
    return [Hint(_UNTOLD, stream, task, name) for stream in LISTS]
