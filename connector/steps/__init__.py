"""The verbs of the road - check, pull, measure, plan, push, undo, run - as straight functions over one account at work."""

from connector.steps.aiming import Judged, judged
from connector.steps.events import KIND, Able, able_to, bring, hindrance
from connector.steps.feeding import Fed, check_feeds, feed, feed_alone, summaries
from connector.steps.foresight import warnings
from connector.steps.importing import import_summary, reading, take
from connector.steps.measuring import all_targets, lacking, last_pull, measure, measure_records, open_cache, policies, readiness, supplied
from connector.steps.planning import plan, plan_id
from connector.steps.pulling import Pulled, check, pull, pull_goals
from connector.steps.pushing import Pushed, guard, named_plan, push, pushable, pushed
from connector.steps.record import REQUESTS, noted, recorded, step
from connector.steps.road import Road, confirm, finish_unfinished, measured_summary, plan_summary, run
from connector.steps.undoing import undo, undoable
from connector.steps.work import Progress, Silence, Work, calendar_of, leased

__all__ = [
    "KIND",
    "REQUESTS",
    "Able",
    "Fed",
    "Judged",
    "Progress",
    "Pulled",
    "Pushed",
    "Road",
    "Silence",
    "Work",
    "able_to",
    "all_targets",
    "bring",
    "calendar_of",
    "check",
    "check_feeds",
    "confirm",
    "feed",
    "feed_alone",
    "finish_unfinished",
    "guard",
    "hindrance",
    "import_summary",
    "judged",
    "lacking",
    "last_pull",
    "leased",
    "measure",
    "measure_records",
    "measured_summary",
    "named_plan",
    "noted",
    "open_cache",
    "plan",
    "plan_id",
    "plan_summary",
    "policies",
    "pull",
    "pull_goals",
    "push",
    "pushable",
    "pushed",
    "readiness",
    "reading",
    "recorded",
    "run",
    "step",
    "summaries",
    "supplied",
    "take",
    "undo",
    "undoable",
    "warnings",
]
