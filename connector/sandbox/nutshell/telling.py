"""Webhooks: everything that happens goes to one address, in the shape of a page of events, unsigned (nutshell.md 8 [W]).

That nothing is sent again is [recall]: no policy of repetition is known.
"""

import json
from urllib.error import URLError
from urllib.request import Request, urlopen

from connector.sandbox.nutshell.account import Account
from connector.sandbox.nutshell.reading import page_of_events

_ANSWER_SECONDS = 5.0


def tell(account: Account) -> None:
    """Deliver what happened since the delivery before, where somebody wants to know it."""
    events, account.untold = account.untold, []
    if events and account.hook:
        account.told.append(_post(account.hook, json.dumps(page_of_events(account, events)).encode()))


def _post(url: str, body: bytes) -> int:
    """Return how a delivery was answered; 0 where nobody answered."""
    request = Request(url, body, {"Content-Type": "application/json"}, method="POST")  # noqa: S310  # who tests sets it
    try:
        with urlopen(request, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310  # the same
            return int(answer.status)
    except URLError as error:
        return int(getattr(error, "code", 0))
    except OSError:
        return 0
