"""What euro and pound were worth in dollars, month by month in 2017, about as they were [recall]; no deal is in either."""

from datetime import date, time

from connector.sandbox.hubspot.clock import local
from connector.sandbox.hubspot.extras.ground import Ground
from connector.sandbox.hubspot.structure import Rate

_YEAR = 2017
_NOON = time(12)
_RATES = {
    "EUR": ("1.0385", "1.0790", "1.0533", "1.0661", "1.0915", "1.1219", "1.1369", "1.1812", "1.1920", "1.1744", "1.1612", "1.1885"),
    "GBP": ("1.2272", "1.2647", "1.2324", "1.2510", "1.2903", "1.2862", "1.2952", "1.3205", "1.2948", "1.3272", "1.3279", "1.3488"),
}


def add_currencies(ground: Ground) -> None:
    """Add the rates in the order in which they were set, on the first of each month."""
    for month in range(1, 13):
        for currency, rates in _RATES.items():
            at = local(date(_YEAR, month, 1), _NOON)
            ground.portal.rates.append(Rate(len(ground.portal.rates) + 1, currency, rates[month - 1], at))
