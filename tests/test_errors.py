"""Failure has few words, and each has its own exit code."""

import re

import pytest

from connector import errors
from connector.errors import AccessRefused, ConnectorError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ConnectorError)]
WORDS = [kind for kind in KINDS if kind is ConnectorError or ConnectorError in kind.__bases__]
"""The kinds that a caller tells apart; what stands below one of them is a special case of it."""
PROMISED = {
    "ConnectorError": 1,
    "SettingsError": 2,
    "GuardStopped": 3,
    "CredentialsError": 4,
    "AccessRefused": 5,
    "TryLater": 6,
    "StoreBusy": 7,
}
"""The exit codes that the command line promises to whoever scripts it; 0 means done."""


def test_exit_codes_are_those_promised() -> None:
    """Each kind of failure ends the command with the code that the manual promises, and there is no kind without one."""
    assert {kind.__name__: kind.exit_code for kind in WORDS} == PROMISED


def test_exit_codes_are_unique() -> None:
    """A script can tell every kind of failure apart by the exit code alone, and none of them looks like success."""
    codes = [kind.exit_code for kind in WORDS]
    assert len(set(codes)) == len(codes)
    assert 0 not in codes


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in WORDS])
def test_special_cases_keep_the_code(kind: type[ConnectorError]) -> None:
    """What is only a special case of a kind of failure ends the command with that kind's code."""
    assert kind.exit_code == kind.__bases__[0].exit_code


def test_docstring_tree_names_every_kind() -> None:
    """The tree drawn at the top of the module shows each kind with its exit code."""
    drawn = re.findall(r"(\w+) .*\(exit (\d)\)", errors.__doc__ or "")
    assert {name: int(code) for name, code in drawn} == {kind.__name__: kind.exit_code for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_message_is_what_was_said(kind: type[ConnectorError]) -> None:
    """The text of an error is the sentence it was raised with, so that it can be shown as it is."""
    assert str(kind("The sky is too low.")) == "The sky is too low."


def test_refusal_lists_needs() -> None:
    """A refusal carries the scopes that the CRM asked for, and none when it named none."""
    assert AccessRefused("No.", ("crm.objects.deals.read",)).needs == ("crm.objects.deals.read",)
    assert AccessRefused("No.").needs == ()
