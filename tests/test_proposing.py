"""What `check` prints can be copied as it stands, and says in plain words what something missing costs."""

import shlex
import tomllib
from pathlib import Path

import pytest

from connector.adapters.hubspot import HubSpotSettings
from connector.adapters.memory import Memory
from connector.cli.connecting import show_able
from connector.cli.proposing import as_json, losses, show_losses, show_proposals
from connector.kpis import KPIS, board, fields
from connector.model import Ability, Answer, Capabilities, Company, Entity, Proposal, Stream, Tenant
from connector.settings import load
from connector.steps.foresight import warnings
from tests.test_steps import NOW, at_work

PROPOSALS = [
    Proposal("pipelines", ("default", "7 b"), "Test does not look like business.", (("default (Sales)", 1200), ("9 (Test)", 3))),
    Proposal("segment_property", "industry", "It is filled in on 90% of all companies.", (("industry", 90),)),
    Proposal("source_property", None, "Nothing fits.", (("x", None),)),
]
NOTHING = Capabilities(Tenant("1", "Acme", "UTC", "EUR"), {}, {}, {})


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what was printed after the table."""
    return [line.strip() for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]


def test_what_is_proposed_can_be_copied(capsys: pytest.CaptureFixture[str]):
    """The lines for the environment and those for the file are what the settings read; what is set already, or fits nothing, has none."""
    show_proposals(PROPOSALS, ("hubspot",), HubSpotSettings(token="t").model_dump())
    printed = lines(capsys)
    assert printed == ["CRM_KPI_HUBSPOT__PIPELINES='default,7 b'", 'pipelines = ["default", "7 b"]']
    environ = dict([shlex.split(printed[0])[0].split("=", 1)]) | {"CRM_KPI_HUBSPOT__TOKEN": "t"}
    found = load(environ, {"hubspot": HubSpotSettings}).accounts["default"].vendor
    assert found == HubSpotSettings(token="t", **tomllib.loads(printed[1]))


def test_lines_of_a_named_account_say_its_name(capsys: pytest.CaptureFixture[str]):
    """With several accounts, the lines are for the one that was checked."""
    show_proposals(PROPOSALS[:1], ("accounts", "acme", "hubspot"), {})
    out = capsys.readouterr().out
    assert "CRM_KPI_ACCOUNTS__ACME__HUBSPOT__PIPELINES='default,7 b'" in out
    assert "below [accounts.acme.hubspot]:" in out
    assert "1,200" in out


def test_settings_that_say_so_already_need_no_lines(capsys: pytest.CaptureFixture[str]):
    """Where the account suggests what is set, in whatever order, there is nothing to copy."""
    show_proposals(PROPOSALS, ("hubspot",), {"pipelines": ("7 b", "default"), "segment_property": "industry"})
    out = capsys.readouterr().out
    assert "nothing to copy" in out
    assert "CRM_KPI" not in out


def test_what_a_missing_stream_costs_is_said_with_its_scope(capsys: pytest.CaptureFixture[str]):
    """Each stream that cannot be read is a sentence: its name, what it needs, and what goes with it."""
    streams = dict.fromkeys(Stream, Ability(Answer.YES)) | {Stream.PRODUCTS: Ability(Answer.NO, "No.", ("crm.objects.products.read",))}
    able = Capabilities(NOTHING.tenant, streams, {}, {})
    show_losses(losses(able))
    assert capsys.readouterr().out == "Without products not available (needs crm.objects.products.read): by product.\n"
    found = as_json(able, ["Mind."], PROPOSALS, ("hubspot",), lost=losses(able))
    assert found["warnings"] == ["Mind."]
    assert [loss["stream"] for loss in found["not_available"]] == ["products"]  # type: ignore[attr-defined]
    assert found["proposals"][0]["setting"] == "CRM_KPI_HUBSPOT__PIPELINES"  # type: ignore[index]


def test_what_costs_the_same_is_said_once(capsys: pytest.CaptureFixture[str]):
    """Streams that one setting would bring, and that cost the same, share a sentence; of most of the catalogue only the number is told."""
    lacking = Ability(Answer.NO, "No lists are set.", ("DEAL_LISTS",))
    streams = dict.fromkeys(Stream, Ability(Answer.YES)) | {Stream.PIPELINES: lacking, Stream.DEALS: lacking}
    show_losses(losses(Capabilities(NOTHING.tenant, streams, {}, {})))
    (said,) = capsys.readouterr().out.splitlines()
    assert said.startswith("Without pipelines, deals not available (needs DEAL_LISTS): ")
    assert f"of {len(KPIS)} KPIs, such as Deals created; fields on deals" in said


def test_a_need_is_named_once(capsys: pytest.CaptureFixture[str]):
    """A reason that names the scope already does not name it again; and a currency that nobody knows is told in words."""
    streams = {
        Stream.DEALS: Ability(Answer.NO, "It needs deals.read", ("deals.read",)),
        Stream.LEADS: Ability(Answer.NO, "Ask.", ("leads",)),
    }
    show_able(Capabilities(Tenant("1", "Acme", "UTC", "N/A"), streams, {}, {}))
    said = capsys.readouterr().out
    assert said.count("deals.read") == 1
    assert "Ask. It needs leads." in said
    assert "home currency unknown" in said


OURS = sum(spec.entity is Entity.COMPANIES for spec in fields.specs().values())
"""How many fields a company has of ours, the stamp among them."""
BOARD = len(board.specs(Entity.COMPANIES).keys() - fields.specs().keys())
"""How many more the board record has."""


@pytest.mark.parametrize(
    ("left", "board", "said"),
    [
        ({}, "companies:7", []),
        ({"fields_left_companies": OURS + BOARD}, "companies:7", []),
        ({"fields_left_companies": OURS + BOARD - 1}, "companies:7", [f"room for {BOARD - 1} more fields on companies, and {BOARD} would"]),
        ({"fields_left_companies": OURS - 1}, None, [f"room for {OURS - 1} more fields on companies, and {OURS} would be new"]),
        ({}, "companies:8", ["The board record companies:8 (CRM_KPI_BOARD_RECORD) is not in the CRM."]),
    ],
)
async def test_the_check_warns_before_anything_is_planned(tmp_path: Path, left: dict[str, int], board: str | None, said: list[str]):
    """Too little room for our fields on companies, or for the board's beside them, and a board that is not there, are told at once."""
    crm = Memory([Company(id="7", name="Board", created_at=NOW)])
    async with at_work(tmp_path, crm, board_record=board) as work:
        able = await crm.check()
        found = await warnings(work, Capabilities(able.tenant, able.streams, able.fields, able.goals, {**able.limits, **left}))
    assert len(found) == len(said)
    assert all(words in sentence for words, sentence in zip(said, found, strict=True))
