"""KPIs as an admin can declare them, in the catalogue's own words; what the words mean is checked where the tables are known."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class KpiSetting(BaseModel):
    """A KPI of an account's own: which rows of a table it looks at, what of each it adds, and by which day a row counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(
        pattern=r"^[a-z][a-z0-9_]{2,40}$",
        description="Its name in commands and goals, such as big_deals_won: small letters, digits and _, 3 to 41, a letter first.",
    )
    label: str = Field(min_length=4, max_length=50, description="Its name for people.")
    means: str = Field(min_length=1, max_length=300, description="What it tells, in a sentence.")
    kind: Literal["count", "sum", "mean", "median", "ratio", "share"] = Field(description="How rows become a value.")
    table: str = Field(description="Which table it looks at, such as deals.")
    time: str | None = Field(None, description="The event whose day says in which period a row counts, such as closed.")
    filter: str | None = Field(None, description="Which rows count; all of them when left out.")
    numerator: str | None = Field(None, description="What a row adds; of a share, which of the rows are counted above the line.")
    denominator: str | None = Field(None, description="Of a ratio, what a row adds below the line; of a share, which rows it is of.")
    by: tuple[str, ...] | None = Field(None, description="What it is broken down by; owner, team, pipeline, product and segment if it can.")
    unit: str | None = Field(None, description="What a value is counted in, where the kind leaves a choice.")
    better: Literal["up", "down"] = Field("up", description="Which way it should move.")
