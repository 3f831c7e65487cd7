"""Makes sure that every goal of the settings can be understood, before anything is known of the CRM."""

import difflib
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from connector.aims import is_flow
from connector.errors import SettingsError
from connector.kpis.interval import is_share
from connector.kpis.metric import Better, Kpi
from connector.period import Calendar, Grain, Period
from connector.settings import Asked, GoalSetting
from connector.targets.asking import Ask, asks, place_of, start_of
from connector.targets.members import GRAINS
from connector.targets.splitting import weighted

_SUBJECT = re.compile(r"account|(owner|team):.+")
_SUM = 'of_team = "members"'
_NUMBERS = ("target", "more_than", "less_than")
_OWN = ("kpi", "target", "more_than", "less_than", "better", "baseline", "split", "weights", "of_team", "milestones")
"""What a large goal cannot have, because it is measured by those it holds."""


def check_goals(settings: Sequence[GoalSetting], kpis: Mapping[str, Kpi], calendar: Calendar) -> None:
    """Make sure that every goal can be understood without knowing the CRM.

    Raises:
        SettingsError: a goal names no KPI, kind of subject or period, has no target or several, asks for what its KPI or period does not
            have, or says the same as another.
    """
    for number, goal in enumerate(settings, 1):
        _check_form(place_of(number), goal)
        _check_period(place_of(number), goal.period, calendar)
    seen = set()
    for ask in asks(settings, calendar):
        if ask.kpi not in kpis:
            near = difflib.get_close_matches(ask.kpi, kpis, n=1)
            hint = f"did you mean {near[0]}? Allowed are" if near else "allowed are"
            raise SettingsError(f"{ask.where} names the KPI {ask.kpi!r}; {hint} {', '.join(sorted(kpis))}.")
        _check(ask, kpis[ask.kpi], calendar)
        if (key := (ask.kpi, ask.subject, ask.period)) in seen:
            raise SettingsError(
                f"{ask.where} sets a target for {ask.kpi} of {ask.subject} in {ask.period.name} that another goal sets already."
            )
        seen.add(key)


def _check_form(where: str, goal: GoalSetting) -> None:
    if not goal.key_results:
        if goal.kpi is None:
            raise SettingsError(f"{where} has neither kpi nor key_results; give one of them.")
        return
    extra = [name for name in _OWN if name in goal.model_fields_set]
    if extra:
        raise SettingsError(f"{where} has key_results and {', '.join(extra)}; a large goal has name, subject, period and key_results only.")
    if not goal.name:
        raise SettingsError(f"{where} has key_results and no name; give it one.")


def _check_period(where: str, text: str, calendar: Calendar) -> Period:
    wrong = SettingsError(f"{where} is for the period {text!r}; allowed are a year (2018), a quarter (2018-Q1) and a month (2018-02).")
    try:
        period = calendar.parse(text)
    except SettingsError:
        raise wrong from None
    if period.grain not in GRAINS:
        raise wrong
    return period


def _check(ask: Ask, kpi: Kpi, calendar: Calendar) -> None:
    if not _SUBJECT.fullmatch(ask.subject):
        raise SettingsError(f"{ask.where} is for {ask.subject!r}; allowed are account, owner:NAME and team:NAME.")
    kind = ask.subject.partition(":")[0]
    if kind != "account" and kind not in kpi.by:
        can = ", ".join(("account", *(f"{one}:NAME" for one in ("owner", "team") if one in kpi.by)))
        raise SettingsError(f"{ask.where} is for {ask.subject!r}, but {ask.kpi} is not measured by {kind}; allowed are {can}.")
    given = [name for name in _NUMBERS if getattr(ask.asked, name) is not None] + [_SUM] * ask.is_sum
    if len(given) != 1:
        told = " and ".join(given) or "no target"
        raise SettingsError(f"{ask.where} gives {told}; allowed is one of {', '.join(_NUMBERS)} and {_SUM}.")
    if ask.asked.target is not None and ask.asked.target > 1 and is_share(kpi):
        raise SettingsError(f"{ask.where} has the target {ask.asked.target}, but {ask.kpi} is a share, at most 1; 60 % is written 0.6.")
    better = Better(ask.asked.better) if ask.asked.better else kpi.better
    _check_baseline(ask, better)
    _check_than(ask, better, calendar)
    if ask.is_sum:
        _check_sum(ask, kpi)
    if ask.goal:
        _check_parts(ask, ask.goal, kpi, calendar)
        _check_milestones(ask, ask.goal, calendar)


def _check_baseline(ask: Ask, better: Better) -> None:
    asked: Asked = ask.asked
    if asked.baseline is None:
        return
    if asked.target is None:
        raise SettingsError(f"{ask.where} has the baseline {asked.baseline} and no target; a baseline is allowed beside a target only.")
    side = 1 if better is Better.UP else -1
    if (asked.target - asked.baseline) * side <= Decimal(0):
        word = "above" if better is Better.UP else "below"
        raise SettingsError(
            f"{ask.where} has the target {asked.target} and the baseline {asked.baseline}, but better is {better}; "
            f"allowed are targets {word} the baseline."
        )


def _check_than(ask: Ask, better: Better, calendar: Calendar) -> None:
    if ask.than is None:
        return
    fitting = "more_than" if better is Better.UP else "less_than"
    if getattr(ask.asked, fitting) is None:
        raise SettingsError(f"{ask.where} asks for another way than {ask.kpi} should go (better is {better}); allowed is {fitting}.")
    start = start_of(ask, calendar)
    if start.grain is not ask.period.grain or start.end > ask.period.start:
        raise SettingsError(f"{ask.where} starts from {start.name}; allowed is a {ask.period.grain} before {ask.period.name}.")


def _check_sum(ask: Ask, kpi: Kpi) -> None:
    if not ask.subject.startswith("team:"):
        raise SettingsError(f"{ask.where} is for {ask.subject!r} and has {_SUM}; allowed with it is team:NAME.")
    if not is_flow(kpi):
        raise SettingsError(f"{ask.where} has {_SUM}, but {ask.kpi} of members cannot be added up; give the team a target of its own.")
    if ask.goal and ask.goal.weights:
        raise SettingsError(f"{ask.where} has weights and {_SUM}; the members' goals say what falls on which part.")


def _check_parts(ask: Ask, goal: GoalSetting, kpi: Kpi, calendar: Calendar) -> None:
    weighted(ask.where, goal, ask.period, calendar)
    if goal.weights and not is_flow(kpi):
        raise SettingsError(f"{ask.where} has weights, but {ask.kpi} is the same in every part; leave them out.")


def _check_milestones(ask: Ask, goal: GoalSetting, calendar: Calendar) -> None:
    for one in goal.milestones:
        by = calendar.parse(one.by)
        if by.grain not in (Grain.MONTH, Grain.QUARTER) or by.start < ask.period.start or by.end > ask.period.end or by == ask.period:
            raise SettingsError(f"{ask.where} has a milestone by {one.by!r}; allowed are months and quarters inside {ask.period.name}.")
