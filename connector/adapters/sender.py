"""Who has sent us a request, as far as the request itself proves it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sender:
    """A CRM whose app has signed a request with the secret that an account of ours holds.

    `tenants` are the tenants that the signed part names; none where it does not say. More than one is nobody's.
    """

    tenants: frozenset[str]
