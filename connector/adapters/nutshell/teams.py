"""Teams, which only the older JSON-RPC tells."""

from collections.abc import Iterator, Mapping

from connector.errors import AccessRefused
from connector.http import Body, Client, together
from connector.model import Membership, Team

_PATH = "/api/v1/json"
_PAGE = 100


async def teams(client: Client) -> list[Team | Membership]:
    """Read every team with its members; a user's team with the lowest id counts as the primary one, because none is marked."""
    found: list[Body] = []
    page = 1
    while rows := await _ask(client, "findTeams", {"limit": _PAGE, "page": page}):
        found += rows
        page += 1
        if len(rows) < _PAGE:
            break
    ordered = sorted(found, key=lambda team: int(team["id"]))
    details = await together(_ask(client, "getTeam", {"teamId": int(team["id"])}) for team in ordered)
    return list(_read(team for parts in details for team in parts))


def _read(found: Iterator[Body]) -> Iterator[Team | Membership]:
    seen: set[str] = set()
    for team in found:
        key = f"{team['id']}-teams"
        yield Team(id=key, name=str(team.get("name") or key))
        for member in team.get("users") or ():
            user = f"{member['id']}-users"
            yield Membership(id=f"{key}:{user}", team=key, user=user, is_primary=user not in seen)
            seen.add(user)


async def probe(client: Client) -> None:
    """Ask for one team; raises as `teams` does."""
    await _ask(client, "findTeams", {"limit": 1, "page": 1})


async def _ask(client: Client, method: str, parameters: Mapping[str, object]) -> list[Body]:
    """Call a method and return its result as a list.

    Raises:
        AccessRefused: the answer holds an error instead.
    """
    body = await client.ask(_PATH, {"method": method, "params": dict(parameters), "id": "1"})
    if error := body.get("error"):
        said = error.get("message") if isinstance(error, dict) else error
        raise AccessRefused(f"Nutshell's JSON-RPC refuses {method}: {said}", ("an API key that may see teams",))
    found = body.get("result")
    return found if isinstance(found, list) else [found] if isinstance(found, dict) else []
