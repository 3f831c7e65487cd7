"""Goals as they are judged: what is to be reached by whom and when, and how far it is. Pure: no store, no clock, no vendor."""

from connector.aims.aim import Aim, Milestone, Result, is_flow
from connector.aims.figures import attainment
from connector.aims.judging import judge
from connector.aims.progress import Key, Progress, Seen, Standing, Status
from connector.aims.workdays import Workdays

__all__ = [
    "Aim",
    "Key",
    "Milestone",
    "Progress",
    "Result",
    "Seen",
    "Standing",
    "Status",
    "Workdays",
    "attainment",
    "is_flow",
    "judge",
]
