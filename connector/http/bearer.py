"""Who we are to a vendor: where the bearer token of each request comes from."""

from typing import Protocol

from pydantic import SecretStr


class Bearer(Protocol):
    """One source of tokens for everything that talks to an account, side requests too."""

    @property
    def calls(self) -> int:
        """How many requests for tokens were sent."""
        ...

    async def token(self) -> str:
        """Return a token that is good now.

        Raises:
            CredentialsError, TryLater: there is none.
        """
        ...

    async def renew(self, refused: str) -> bool:
        """Replace a token that was refused because it has run out; False where there is no other one.

        Raises:
            CredentialsError, TryLater: there should be another one, but it could not be had.
        """
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...


class Fixed:
    """A token that stays the same until a person changes it."""

    def __init__(self, token: SecretStr) -> None:
        self._token = token

    @property
    def calls(self) -> int:
        """How many requests for tokens were sent, see `Bearer`."""
        return 0

    async def token(self) -> str:
        """Return it, see `Bearer`."""
        return self._token.get_secret_value()

    async def renew(self, refused: str) -> bool:  # noqa: ARG002 - the promise has it
        """Say that there is no other one, see `Bearer`."""
        return False

    async def close(self) -> None:
        """Hold nothing, see `Bearer`."""
