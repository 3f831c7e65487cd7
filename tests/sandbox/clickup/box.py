"""The sandbox ClickUp as its tests speak to it."""

from typing import Any

import httpx

EVERY = 40
"""Every how many of the real deals a box holds."""


class Box:
    """The sandbox, spoken to with its token; `list_named` and `field` find ids by their names."""

    def __init__(self, url: str, client: httpx.Client) -> None:
        self.url = url
        self.client = client

    def get(self, path: str, **query: object) -> Any:  # noqa: ANN401 - any JSON
        """Return what a path answers."""
        return self.send("GET", path, params=query).json()

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - what httpx takes
        """Send a request that is to succeed."""
        return self.client.request(method, f"/api/v2/{path}", **more).raise_for_status()

    def refused(self, method: str, path: str, **more: Any) -> tuple[int, str]:  # noqa: ANN401 - what httpx takes
        """Send a request that is refused, and return its status and code."""
        answer = self.client.request(method, f"/api/v2/{path}", **more)
        return answer.status_code, answer.json().get("ECODE", "")

    def switch(self, switch: str, /, **body: object) -> Any:  # noqa: ANN401 - any JSON
        """Use one of the box's own switches."""
        return self.client.post(f"/sandbox/{switch}", json=body).raise_for_status().json()

    def list_named(self, name: str) -> str:
        """Return the id of a List of the Space Sales."""
        space = next(one["id"] for one in self.get("team/512/space")["spaces"] if one["name"] == "Sales")
        return next(str(one["id"]) for one in self.get(f"space/{space}/list")["lists"] if one["name"] == name)

    def field(self, place: str, name: str) -> Any:  # noqa: ANN401 - any JSON
        """Return a field of a List."""
        return next(one for one in self.get(f"list/{self.list_named(place)}/field")["fields"] if one["name"] == name)

    def deals(self, **query: object) -> list[Any]:
        """Return the first page of deals, closed ones too, the oldest first."""
        whole = {"include_closed": "true", "reverse": "true", **query}
        return list(self.get(f"list/{self.list_named('Deals')}/task", **whole)["tasks"])
