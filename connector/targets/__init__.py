"""Turns the goals of the settings into goals to be judged, into one target a period, and into the goals that are to stand in the CRM."""

from connector.targets.asking import pasts
from connector.targets.checking import check_goals
from connector.targets.members import Members, targets_in
from connector.targets.resolving import aims_in, aims_of, resolve, targets_of, unresolved
from connector.targets.splitting import split
from connector.targets.writing import goals_for

__all__ = [
    "Members",
    "aims_in",
    "aims_of",
    "check_goals",
    "goals_for",
    "pasts",
    "resolve",
    "split",
    "targets_in",
    "targets_of",
    "unresolved",
]
