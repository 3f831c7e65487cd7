"""What people call business that is not new, and what is none: words and settings by which pipelines and kinds of deals are told apart."""

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from connector.settings import Words

# English, Swedish, Finnish, Ukrainian, Portuguese and Polish words for the same things.
_TEST = re.compile(r"\btest|sandbox|\bdemo\b|archive|\bold\b|testi|тест|teste|arkiv|arquiv|архів|archiw", re.IGNORECASE)
_KINDS = (
    ("renewal", re.compile(r"renew|förny|uusi(nta|mi)|поновл|продовж|renova|odnow", re.IGNORECASE)),
    ("cross_sell", re.compile(r"cross|korsför|ristiin|перехресн|cruzad|krzyż", re.IGNORECASE)),
    (
        "upsell",
        re.compile(
            r"existing|upsell|up-sell|expan|upgrade|merför|lisämyyn|befintlig|nykyi|допродаж|існуюч|наявн|existente|istniejąc",
            re.IGNORECASE,
        ),
    ),
)
KINDS = ("new", "renewal", "upsell", "cross_sell")
"""The kinds of business that a deal can be."""


def is_no_business(name: str) -> bool:
    """Whether a pipeline's name says that it is for tests or put away."""
    return _TEST.search(name) is not None


def kind_of(value: str, label: str = "") -> str:
    """Return which kind of business a value stands for, by its name."""
    return next((kind for kind, words in _KINDS if words.search(f"{value} {label}")), KINDS[0])


class Chosen(BaseModel):
    """The settings that say which pipelines of one account count."""

    model_config = ConfigDict(frozen=True)

    pipelines: Annotated[Words, Field(min_length=1)] | None = Field(
        default=None, description="Ids of the pipelines that count; all of them when not set."
    )
    pipelines_left_out: Words = Field(default=(), description="Ids of pipelines that do not count, such as one for tests or partners.")

    def counts(self, pipeline: str | None) -> bool:
        """Whether deals of a pipeline count."""
        return (self.pipelines is None or pipeline in self.pipelines) and pipeline not in self.pipelines_left_out

    @property
    def is_choosy(self) -> bool:
        """Whether some pipelines may not count."""
        return self.pipelines is not None or bool(self.pipelines_left_out)
