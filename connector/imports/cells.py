"""What one cell of a file says: text to value, by what its column holds. Never guesses: what could be read in two ways is refused."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from connector.imports.tables import Column, Kind
from connector.period import Calendar

_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,18}([.]\d+)?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CURRENCY = re.compile(r"[A-Za-z]{3}", re.ASCII)
_PLACES = 4
_OLDEST = 1900
"""Years before it are slips of the pen, such as 206 or 1026."""
_YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of one file are to be read.

    Moments without an offset are read on the clock of `calendar`, and a plain day is the midnight that it begins with. `home` is the
    account's currency, `kpis` are the keys that goals may name (any, where none are given). With `day_first`, 31.12.2026, 31/12/2026 and
    31-12-2026 are days too; with `decimal_comma`, 12,5 is a number and 12.5 is none.
    """

    calendar: Calendar
    home: str
    kpis: Collection[str] = ()
    day_first: bool = False
    decimal_comma: bool = False


def value_of(column: Column, text: str, reading: Reading) -> object:
    """Return what a cell says.

    Raises:
        ValueError: it cannot be read; the message says why, to be put after the cell.
    """
    return _READERS[column.kind](column, text, reading)


def _text(_: Column, text: str, __: Reading) -> str:
    if "\x00" in text:
        raise ValueError("it holds a zero byte")
    return text


def _word(column: Column, text: str, _: Reading) -> object:
    if text.lower() not in column.words:
        raise ValueError(f"allowed are {', '.join(column.words)}")
    return column.words[text.lower()]


def _yes(_: Column, text: str, __: Reading) -> bool:
    if text.lower() not in _YES:
        raise ValueError(f"allowed are {', '.join(_YES)}")
    return _YES[text.lower()]


def _currency(_: Column, text: str, reading: Reading) -> str:
    if not _CURRENCY.fullmatch(text):
        raise ValueError(f"a currency is three letters, such as {reading.home}")
    return text.upper()


def _whole(column: Column, text: str, _: Reading) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError("it is not a whole number such as 1250")
    _check_bounds(column, int(text))
    return int(text)


def _check_bounds(column: Column, found: Decimal | int) -> None:
    least, most = column.bounds
    if (least is not None and found < least) or (most is not None and found > most):
        raise ValueError(f"allowed are numbers from {least}" + ("" if most is None else f" to {most}"))


def _number(column: Column, text: str, reading: Reading) -> Decimal:
    found = _any_number(column, text, reading)
    exponent = found.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_PLACES:
        raise ValueError(f"it has more than {_PLACES} decimal places")
    if abs(found) >= 10**14:
        raise ValueError("it is too large to keep")
    _check_bounds(column, found)
    return found


def _any_number(_: Column, text: str, reading: Reading) -> Decimal:
    mark, other = (",", ".") if reading.decimal_comma else (".", ",")
    if other in text:
        instead = "" if reading.decimal_comma else "; --decimal-comma reads numbers like 1250,50"
        raise ValueError(f"numbers are written like 1250{mark}50, without marks between thousands{instead}")
    if not _NUMBER.fullmatch(text.replace(mark, ".")):
        raise ValueError(f"it is not a number such as 1250{mark}50")
    return Decimal(text.replace(mark, "."))


def _rate(column: Column, text: str, reading: Reading) -> str:
    found = _any_number(column, text, reading)
    if found <= 0:
        raise ValueError("a rate is larger than 0")
    return f"{found.normalize():f}"


def _day(_: Column, text: str, reading: Reading) -> date:
    found = _clock(text, reading)
    if isinstance(found, datetime):
        if found.tzinfo is not None or found.time() != time():
            raise ValueError("a day has no time of day")
        return found.date()
    return found


def _moment(_: Column, text: str, reading: Reading) -> datetime:
    found = _clock(text, reading)
    try:
        if not isinstance(found, datetime):
            return reading.calendar.start_of(found)
        return (found if found.tzinfo else found.replace(tzinfo=reading.calendar.zone)).astimezone(UTC)
    except OverflowError:
        raise ValueError("it is out of range") from None


def _clock(text: str, reading: Reading) -> date | datetime:
    """Return what a calendar and, where a time is given, a clock show: with an offset where one is given."""
    found = _DAY_FIRST.fullmatch(text)
    if found and not reading.day_first:
        raise ValueError("days are written like 2026-12-31; days like 31.12.2026 are read with --day-first")
    try:
        read = _in_order(found) if found else date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"it is not a day or moment such as {_example(reading)}") from None
    if read.year < _OLDEST:
        raise ValueError(f"its year is {read.year}; nothing is older than {_OLDEST}")
    return read


def _in_order(found: re.Match[str]) -> date | datetime:
    day, _, month, year, hour, minute, second = found.groups()
    if hour is None:
        return date(int(year), int(month), int(day))
    return datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0))  # noqa: DTZ001 - its zone is the account's


def _example(reading: Reading) -> str:
    return "2026-12-31, 2026-12-31T14:30" + (", 31.12.2026 or 31.12.2026 14:30" if reading.day_first else " or 2026-12-31T14:30:00+02:00")


_READERS: Mapping[Kind, Callable[[Column, str, Reading], object]] = {
    Kind.TEXT: _text,
    Kind.WORD: _word,
    Kind.YES: _yes,
    Kind.WHOLE: _whole,
    Kind.NUMBER: _number,
    Kind.RATE: _rate,
    Kind.CURRENCY: _currency,
    Kind.DAY: _day,
    Kind.MOMENT: _moment,
}
