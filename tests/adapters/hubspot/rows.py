"""Rows as HubSpot gives them, for parsers."""

from typing import Any

CREATED = "2017-03-01T14:00:00Z"


def row_of(properties: dict[str, Any], links: dict[str, list[str]] | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - anything JSON holds
    """Build one record, with the ids it is linked to by type."""
    listed = {kind: {"results": [{"id": one, "type": "any"} for one in ids]} for kind, ids in (links or {}).items()}
    dates = {"createdAt": CREATED, "updatedAt": "2017-04-01T00:00:00Z", "archived": False}
    return {"id": "7", **dates, "properties": properties, "associations": listed, **more}


def history(*entries: tuple[str, str]) -> list[dict[str, Any]]:
    """Build a history from moments and values, oldest first; HubSpot gives the newest first."""
    return [{"timestamp": at, "value": value, "sourceType": "CRM_UI"} for at, value in reversed(entries)]
