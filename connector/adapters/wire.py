"""What every adapter that talks to a CRM over one client says of it."""

from collections.abc import Awaitable, Callable

from connector.errors import AccessRefused
from connector.http import Client, Refused
from connector.model import Usage


class Wired:
    """The part of an adapter that is the client's own."""

    _client: Client

    @property
    def before_write(self) -> Callable[[], Awaitable[None]] | None:
        """What is awaited before each write, see `Sink`."""
        return self._client.before_write

    @before_write.setter
    def before_write(self, hook: Callable[[], Awaitable[None]] | None) -> None:
        self._client.before_write = hook

    @property
    def calls(self) -> int:
        """How many requests were sent."""
        return self._client.calls

    @property
    def usage(self) -> Usage:
        """What was sent and waited for, see `Adapter`."""
        return self._client.usage

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


async def refusal_of(work: Awaitable[object]) -> AccessRefused | Refused | None:
    """Return why something is refused, nothing where it is not."""
    try:
        await work
    except (AccessRefused, Refused) as error:
        return error
    return None
