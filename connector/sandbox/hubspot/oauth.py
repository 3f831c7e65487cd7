"""OAuth: codes by a consent without a page, tokens for codes, errors as RFC 6749 has them (hubspot.md 2.2 [S] [C])."""

import base64
import hashlib
import time
from collections.abc import Mapping
from urllib.parse import urlencode

from connector.sandbox.hubspot.calls import Answer, Call
from connector.sandbox.hubspot.errors import Refusal
from connector.sandbox.hubspot.grants import CLIENT_ID, CLIENT_SECRET, Code
from connector.sandbox.hubspot.portal import Portal

_MISSING = "missing_or_unknown_parameter"


class OAuthRefusal(Refusal):
    """A refusal in the words of RFC 6749, with the vendor's own beside them (hubspot.md 2.2 [C])."""

    def __init__(self, error: str, message: str, word: str) -> None:
        super().__init__(401 if error == "invalid_client" else 400, word, message)
        self.error = error

    def body(self, **extra: object) -> dict[str, object]:
        """Return the error object."""
        return {"error": self.error, "error_description": self.message, "status": self.category, "message": self.message, **extra}


def authorize(portal: Portal, call: Call) -> Answer:
    """Send the browser back with a code, as if somebody had said yes; or no, where the sandbox was told so."""
    target, state = call.word("redirect_uri"), call.word("state")
    if call.word("client_id") != CLIENT_ID or not target:
        raise OAuthRefusal("invalid_request", "The client id or the redirect URI is unknown.", _MISSING.upper())
    if not portal.grants.consents:
        return _back(target, {"error": "access_denied", "error_description": "The user denied access.", "state": state})
    scopes = tuple(f"{call.word('scope')} {call.word('optional_scope')}".split())
    code = portal.grants.consent(Code(target, call.word("code_challenge"), scopes))
    return _back(target, {"code": code, "state": state})


def _back(target: str, query: Mapping[str, str]) -> Answer:
    return Answer(302, None, f"{target}?{urlencode({name: value for name, value in query.items() if value})}")


def token(portal: Portal, call: Call) -> Answer:
    """Give tokens for a code or a refresh token."""
    form = call.body
    _known_client(call)
    kind = form.text("grant_type", "")
    if kind == "authorization_code":
        return _answer(portal, *portal.grants.issue(_redeem(portal, call)))
    if kind == "client_credentials":
        return _of_app(portal, call)
    if kind != "refresh_token":
        raise OAuthRefusal("unsupported_grant_type", f'Grant type "{kind}" is not supported.', "BAD_GRANT_TYPE")
    given = form.text("refresh_token", "")
    if given not in portal.grants.refresh:
        raise OAuthRefusal("invalid_grant", "refresh token is invalid, expired or revoked", "BAD_REFRESH_TOKEN")
    return _answer(portal, *portal.grants.issue(portal.grants.refresh[given], given))


def _of_app(portal: Portal, call: Call) -> Answer:
    """Give the app a token of its own; those scopes alone that it has (hubspot.md 12.3 [D]; the words of the refusal are [recall])."""
    scopes = tuple(call.body.text("scope", "").split())
    wrong = [scope for scope in scopes if not scope.startswith("developer.") or scope in portal.revoked]
    if not scopes or wrong:
        raise OAuthRefusal("invalid_scope", f"The app has no scope {', '.join(wrong) or 'at all'}.", "BAD_SCOPE")
    made = {"access_token": portal.grants.issue_to_app(scopes), "expires_in": int(portal.grants.seconds) or portal.grants.seconds}
    return Answer(200, made | {"token_type": "bearer", "token_use": "client_credentials"})


def _known_client(call: Call) -> None:
    if (call.body.text("client_id", ""), call.body.text("client_secret", "")) != (CLIENT_ID, CLIENT_SECRET):
        raise OAuthRefusal("invalid_client", "client id or client secret is wrong", "BAD_CLIENT_ID")


def _redeem(portal: Portal, call: Call) -> tuple[str, ...]:
    code = portal.grants.codes.pop(call.body.text("code", ""), None)
    digest = hashlib.sha256(call.body.text("code_verifier", "").encode()).digest()
    proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if code is None or code.redirect_uri != call.body.text("redirect_uri", "") or code.challenge not in ("", proof):
        raise OAuthRefusal("invalid_grant", "missing or unknown auth code", "BAD_AUTH_CODE")
    return code.scopes


def _answer(portal: Portal, access: str, refresh: str) -> Answer:
    body: dict[str, object] = {
        "access_token": access,
        "refresh_token": refresh,
        "expires_in": int(portal.grants.seconds) or portal.grants.seconds,
        "token_type": "bearer",
        "token_use": "access_token",
        "hub_id": portal.options.portal_id,
        "user_id": 501,
        "scopes": list(portal.grants.refresh[refresh]),
    }
    return Answer(200, body)


def introspect(portal: Portal, call: Call) -> Answer:
    """Say what a token is."""
    _known_client(call)
    given, grants = call.body.text("token", ""), portal.grants
    lives = grants.access.get(given, 0.0) - time.monotonic()
    if given not in grants.refresh and lives <= 0:
        return Answer(200, {"active": False})
    kind = "refresh_token" if given in grants.refresh else "access_token"
    body = {"active": True, "token_use": kind, "client_id": CLIENT_ID, "hub_id": portal.options.portal_id, "hub_domain": "maven.example"}
    return Answer(200, body | ({"expires_in": int(lives)} if kind == "access_token" else {}))


def revoke(portal: Portal, call: Call) -> Answer:
    """Make a token worthless."""
    _known_client(call)
    given = call.body.text("token", "")
    portal.grants.refresh.pop(given, None)
    portal.grants.access.pop(given, None)
    return Answer(200, {})
