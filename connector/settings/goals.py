"""Goals as an admin can set them: a target for a KPI, a subject and a period, or a large goal that holds others."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Than(BaseModel):
    """How much more, or less, than the KPI was in another period: the one before the goal's own, unless `period` names one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Decimal = Field(gt=0, description="The share, such as 0.2 for 20 %.")
    period: str | None = Field(None, description="Which period to start from, as long as the goal's own.")


class MilestoneSetting(BaseModel):
    """What should be reached on the way, by the end of a month or quarter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: str = Field(description="The month or quarter, inside the goal's period.")
    target: Decimal = Field(description="What should be reached by its end.")
    name: str = Field("", description="What it is called.")


class Asked(BaseModel):
    """What goals and key results say of the number that they ask for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    target: Decimal | None = Field(None, description="What the KPI should reach in the period, in the KPI's unit.")
    more_than: Than | None = Field(None, description="In place of a target: more than in another period.")
    less_than: Than | None = Field(None, description="In place of a target: less than in another period.")
    better: Literal["up", "down"] | None = Field(None, description="Which way the KPI should move; its own by default.")
    baseline: Decimal | None = Field(None, description="Where the KPI stood; only what is gained since counts as attained.")


class KeyResult(Asked):
    """A goal that a large goal holds, for the same period and, unless it names another, the same subject."""

    kpi: str = Field(description="Key of the KPI, such as win_rate.")
    subject: str | None = Field(None, description="account, owner:NAME or team:NAME; the large goal's by default.")
    weight: Decimal = Field(Decimal(1), gt=0, description="How much it weighs among the key results.")


class GoalSetting(Asked):
    """A target that an admin sets: `target` for the whole `period`, split evenly (or by `weights`) over its quarters or months."""

    kpi: str | None = Field(None, description="Key of the KPI, such as revenue_won.")
    name: str = Field("", description="What the goal is called; by default after its KPI and period.")
    subject: str = Field("account", description="account, owner:NAME or team:NAME.")
    period: str = Field(description="The year, quarter or month the target is for, such as 2018.")
    split: Literal["quarter", "month"] | None = Field(None, description="Also split the target into quarters or months.")
    weights: tuple[Decimal, ...] = Field((), description="One weight for each part of the split; equal when left out.")
    of_team: Literal["own", "members"] = Field("own", description="Whether a team's target is its own or the sum of its members'.")
    milestones: tuple[MilestoneSetting, ...] = Field((), description="What should be reached on the way.")
    key_results: tuple[KeyResult, ...] = Field((), description="The goals that a large goal holds, instead of a KPI of its own.")
