"""What an account's own pipelines mean to us, as an admin sets it; `crm-kpi check` proposes it."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, field_validator

from connector.adapters.business import KINDS, Chosen
from connector.settings import Words

_KIND = re.compile(rf".+=({'|'.join(KINDS)})")


class Mapped(Chosen):
    """The settings that say what the pipelines of one account mean."""

    pipelines: Annotated[Words, Field(min_length=1)] | None = Field(
        default=None, description="Ids of the pipelines that count, such as `3-stagesets`; all of them when not set."
    )
    pipeline_kinds: Words = Field(
        default=(),
        description="What pipelines mean, as pipeline=kind: new, renewal, upsell or cross_sell; any other is new business.",
    )

    @field_validator("pipeline_kinds")
    @classmethod
    def _are_kinds(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pair in value:
            if not _KIND.fullmatch(pair):
                raise ValueError(f"{pair!r} is no pipeline=kind; allowed kinds are {', '.join(KINDS)}")
        return value


class DealMapping:
    """Says of a deal what its pipeline means."""

    def __init__(self, settings: Mapped | None = None) -> None:
        self._settings = settings or Mapped()
        self._kinds: Mapping[str, str] = dict(pair.rsplit("=", 1) for pair in self._settings.pipeline_kinds)

    def kind(self, pipeline: str | None) -> str:
        """Return which kind of business a deal is."""
        return self._kinds.get(pipeline or "", KINDS[0])

    def counts(self, pipeline: str | None) -> bool:
        """Whether deals of a pipeline count."""
        return self._settings.counts(pipeline)

    @property
    def is_choosy(self) -> bool:
        """Whether some pipelines may not count."""
        return self._settings.is_choosy
