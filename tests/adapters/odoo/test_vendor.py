"""Odoo's answers: errors under a good status mean what their names say, and JSON-2 comes in the form of JSON-RPC."""

import json
from typing import Any

import httpx
import pytest
import respx
from pydantic import SecretStr

from connector.adapters.odoo.rpc import Rpc
from connector.adapters.odoo.settings import OdooSettings
from connector.adapters.odoo.vendor import VENDOR, read, read_json2
from connector.errors import AccessRefused, CredentialsError, TryLater
from connector.http import Refused, Unanswered

URL = "https://acme.example"


def failing(name: str, message: str = "No") -> str:
    """Return an error as JSON-RPC gives it."""
    return json.dumps({"jsonrpc": "2.0", "id": 1, "error": {"code": 200, "data": {"name": name, "message": message}}})


@pytest.mark.parametrize(
    ("name", "message", "status"),
    [
        ("odoo.exceptions.AccessDenied", "Access Denied", 401),
        ("odoo.exceptions.AccessError", "You are not allowed", 403),
        ("odoo.exceptions.MissingError", "Record does not exist", 404),
        ("odoo.exceptions.ValidationError", "No", 400),
        ("builtins.ValueError", "Invalid field", 400),
        ("psycopg2.errors.SerializationFailure", "could not serialize access", 503),
        ("psycopg2.OperationalError", "server closed the connection", 503),
        ("psycopg2.errors.QueryCanceled", "canceling statement due to statement timeout", 503),
        ("psycopg2.errors.AdminShutdown", "terminating connection", 503),
        ("psycopg2.errors.TooManyConnections", "too many clients already", 503),
        ("builtins.MemoryError", "", 503),
        ("werkzeug.exceptions.TooManyRequests", "Slow down", 429),
        ("psycopg2.OperationalError", 'database "acme" does not exist', 404),
    ],
)
def test_an_error_has_the_status_that_its_name_means(name: str, message: str, status: int):
    """JSON-RPC says 200 to everything; what repeating may cure is told from what it cannot."""
    assert read(200, {}, failing(name, message)).status == status


def test_a_reason_is_the_first_paragraph():
    """Odoo goes on with whom to ask for rights, in many lines."""
    answer = read(200, {}, failing("odoo.exceptions.AccessError", "You may not\nread teams.\n\nContact your administrator."))
    assert VENDOR.reason(answer) == "You may not read teams."


@pytest.mark.parametrize("told", [[{"id": 1, "x": 2.5}], True, None, 7])
def test_bare_answers_are_results(told: object):
    """JSON-2 gives what was asked for without an envelope, lists and plain values too."""
    answer = read_json2(200, {}, json.dumps(told))
    assert answer.status == 200
    assert json.loads(json.dumps((answer.body or {})["result"], default=float)) == told


def test_an_error_of_json2_is_no_breakdown():
    """An unknown field is answered with 500 there, which repeating would not cure."""
    assert read_json2(500, {}, json.dumps({"name": "builtins.ValueError", "message": "Invalid field"})).status == 400
    assert read_json2(500, {}, "<html>").body is None


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"jsonrpc": "2.0", "id": 1}', '{"jsonrpc": "2.0", "result": []}', "<html>"])
def test_an_answer_that_is_none_is_not_nothing(text: str):
    """What is no envelope with an id and a result or an error says neither that there is nothing nor that a write is done."""
    assert read(200, {}, text).body is None
    assert read_json2(200, {}, "").body is None


@pytest.fixture
def crm() -> Any:  # noqa: ANN401 - a router, while the test runs
    """Stand in for Odoo 19 at the socket."""
    with respx.mock(base_url=URL) as router:
        yield router


@pytest.fixture
async def rpc(crm: respx.MockRouter) -> Any:  # noqa: ANN401 - a connection, while the test runs
    """Connect by JSON-2."""
    made = Rpc(OdooSettings(url=URL, database="acme", user="kpi", key=SecretStr("key-1"), api="json2", patience_seconds=0))
    yield made
    await made.client.close()


async def test_json2_names_its_arguments(crm: respx.MockRouter, rpc: Rpc):
    """A call is an address with named arguments, the key a bearer token, and the database a header."""
    route = crm.post("/json/2/crm.lead/search_read").respond(json=[{"id": 1}])
    assert await rpc.rows("crm.lead", [["type", "=", "opportunity"]], ["name"], 5) == [{"id": 1}]
    request = route.calls.last.request
    assert request.headers["authorization"] == "Bearer key-1"
    assert request.headers["x-odoo-database"] == "acme"
    sent = json.loads(request.content)
    assert sent["domain"] == [["type", "=", "opportunity"]]
    assert (sent["fields"], sent["limit"], sent["context"]) == (["id", "name"], 5, {"active_test": False})


@pytest.mark.parametrize(
    ("method", "named", "told"),
    [
        ("create", {"vals_list": [{"name": "x"}]}, [50]),
        ("write", {"ids": [50], "vals": {"stage_id": 2}}, True),
        ("action_set_lost", {"ids": [50]}, None),
        ("unlink", {"ids": [50]}, True),
    ],
)
async def test_json2_writes_by_the_same_names(crm: respx.MockRouter, rpc: Rpc, method: str, named: dict[str, Any], told: object):
    """What is written goes as the body; a method that gives nothing answers with null, which is no lost answer."""
    route = crm.post(f"/json/2/crm.lead/{method}").respond(text=json.dumps(told))
    assert await rpc.send("crm.lead", method, **named) == told
    assert json.loads(route.calls.last.request.content) == named


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {"name": "werkzeug.exceptions.Unauthorized", "message": "Invalid apikey"}, CredentialsError),
        (403, {"name": "odoo.exceptions.AccessError", "message": "No"}, AccessRefused),
        (404, {"name": "odoo.exceptions.MissingError", "message": "Record does not exist"}, Refused),
        (404, {"name": "werkzeug.exceptions.NotFound", "message": "the model 'x' does not exist"}, Refused),
        (500, {"name": "builtins.ValueError", "message": "Invalid field"}, Refused),
        (502, None, TryLater),
        *[(status, {"name": "Proxy", "message": "Not now"}, TryLater) for status in (429, 502, 503, 504)],
    ],
)
async def test_json2_errors_are_our_words(crm: respx.MockRouter, rpc: Rpc, status: int, body: object, error: type[Exception]):
    """Each error says what the caller should do."""
    crm.post("/json/2/crm.lead/search_count").mock(return_value=httpx.Response(status, json=body))
    with pytest.raises(error):
        await rpc.count("crm.lead", [])


@pytest.mark.parametrize("told", [None, {}, "", 7])
async def test_what_is_no_list_is_not_an_empty_one(crm: respx.MockRouter, rpc: Rpc, told: object):
    """Rows and ids that are no list, and a count that is no number, are tried later."""
    crm.post(path__startswith="/json/2/").mock(return_value=httpx.Response(200, text=json.dumps(told)))
    for asked in (rpc.rows("crm.lead", [], []), rpc.ids("crm.lead", [])):
        with pytest.raises(TryLater, match="a list"):
            await asked
    if told != 7:
        with pytest.raises(TryLater, match="a number"):
            await rpc.count("crm.lead", [])
        with pytest.raises(Unanswered, match="may have landed"):
            await rpc.create("crm.lead", [{}])
