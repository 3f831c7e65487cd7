"""What people call business that is not new, and what is none: words by which pipelines and kinds of deals are told apart."""

import re

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
