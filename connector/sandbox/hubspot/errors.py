"""The vendor's refusals: one exception that knows its documented JSON body (hubspot.md 6 [S] [D])."""

import json
from collections.abc import Sequence


class Refusal(Exception):
    """A request, or one input of a batch, that is answered with an error."""

    def __init__(self, status: int, category: str, message: str, **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.category = category
        self.message = message
        self.more = more

    def body(self, **extra: object) -> dict[str, object]:
        """Return the error object; `extra` is what only the caller knows, such as the correlation id."""
        return {"status": "error", "message": self.message, "category": self.category, **self.more, **extra}


def invalid(message: str, **more: object) -> Refusal:
    """A request that can never succeed as it is."""
    return Refusal(400, "VALIDATION_ERROR", message, **more)


def not_found(message: str, **more: object) -> Refusal:
    """Something that is not there, or not any more."""
    return Refusal(404, "OBJECT_NOT_FOUND", message, **more)


def taken(message: str, sub_category: str) -> Refusal:
    """Something that exists already (hubspot.md 9 [N2])."""
    return Refusal(409, "OBJECT_ALREADY_EXISTS", message, subCategory=sub_category)


def gone(kind: str, ids: Sequence[str]) -> Refusal:
    """Records that a batch names and that are not there."""
    message = f"Could not get some {kind.upper()} objects, they may be deleted or not exist. Check that ids are valid."
    return not_found(message, context={"ids": list(ids)})


def missing_scopes(scopes: Sequence[str]) -> Refusal:
    """A call beyond what the token was granted (hubspot.md 2.3 [G])."""
    needed = {"message": "One or more of the following scopes are required.", "context": {"requiredGranularScopes": list(scopes)}}
    message = "This app hasn't been granted all required scopes to make this call. Read more about required scopes here."
    return Refusal(403, "MISSING_SCOPES", message, errors=[needed], links={"scopes": "https://developers.hubspot.com/scopes"})


class BadValue(Exception):
    """One property value that a write may not carry; `code` is the vendor's word for why."""

    def __init__(self, name: str, code: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.code = code
        self.message = message


def bad_values(found: Sequence[BadValue]) -> Refusal:
    """A write of property values that are not allowed: the details stand as JSON inside the message (hubspot.md 5 [D])."""
    details = [
        {"isValid": False, "message": bad.message, "error": bad.code, "name": bad.name, "localizedErrorMessage": bad.message}
        for bad in found
    ]
    errors = [{"message": bad.message, "code": bad.code, "context": {"propertyName": [bad.name]}} for bad in found]
    return invalid(f"Property values were not valid: {json.dumps(details)}", errors=errors)
