"""Who works when: weekends, holidays of everybody and of teams, and how long somebody is in a team."""

from datetime import UTC, date, datetime

from connector.aims import Workdays, judge
from connector.hours import Hours
from connector.model import Holiday, Membership
from tests.aims.conftest import CALENDAR, FEBRUARY, D, aim, seen, value

TEAMS = {"5": "East", "6": "West"}


def workdays(*rows: Holiday | Membership) -> Workdays:
    """Return the working days that these rows make."""
    holidays = [row for row in rows if isinstance(row, Holiday)]
    return Workdays.of(holidays, [row for row in rows if isinstance(row, Membership)], TEAMS, CALENDAR)


def holiday(day: str, team: str | None = None) -> Holiday:
    """Return a day off."""
    return Holiday(id=f"{day}{team}", day=date.fromisoformat(day), team=team)


def stay(user: str, team: str, since: str | None = None, until: str | None = None) -> Membership:
    """Return a time in a team."""
    start, end = (datetime.fromisoformat(one).replace(tzinfo=UTC) if one else None for one in (since, until))
    return Membership(id=f"{team}{user}{since}", team=team, user=user, since=start, deleted_at=end)


def count(found: Workdays, kind: str, subject: str) -> int:
    """Return how many working days of February 2018 somebody has."""
    return len(found.days(kind, subject, FEBRUARY))


def test_a_holiday_is_for_everybody_or_for_one_team():
    """A team is named by its id or its name; its days off count for it and for its members, nobody else."""
    found = workdays(holiday("2018-02-05"), holiday("2018-02-06", "5"), holiday("2018-02-07", "West"), stay("1", "5"))

    assert count(found, "account", "") == 19
    assert count(found, "team", "5") == count(found, "team", "6") == 18
    assert set(found.days("team", "5", FEBRUARY)) - set(found.days("team", "6", FEBRUARY)) == {date(2018, 2, 7)}
    assert count(found, "owner", "1") == 18
    assert count(found, "owner", "2") == 19


def test_a_holiday_on_a_weekend_takes_no_working_day():
    """Saturday was free already."""
    assert count(workdays(holiday("2018-02-03")), "account", "") == 20


def test_a_members_day_off_counts_while_in_the_team():
    """Who joins a team after its holiday worked on that day."""
    found = workdays(holiday("2018-02-06", "5"), stay("1", "5", "2018-02-10T00:00"))
    assert count(found, "owner", "1") == 20


def test_whoever_has_left_a_team_works_on_its_holidays():
    """A membership that a file tells the end of is over then, as one that is deleted is."""
    ended = Membership(id="m", team="5", user="1", until=datetime(2018, 2, 3, tzinfo=UTC))
    assert [count(workdays(holiday("2018-02-06", "5"), one), "owner", "1") for one in (ended, stay("1", "5"))] == [20, 19]


def test_holidays_move_the_pace():
    """With five days off in the first half of February 5 of 15 working days are over by the 15th, so that 50 of 150 is just in time."""
    found = workdays(*(holiday(f"2018-02-{day:02}") for day in range(5, 10)))
    made = judge(aim(target="150"), seen(value("revenue_won", "50"), workdays=found))
    assert (made.due, made.pace, made.days_left, made.per_day) == (50, 1, 10, 10)


def test_a_period_without_working_days_is_over_when_it_ends():
    """Nothing can be divided by no days: nothing is due before the end, all of it after."""
    found = workdays(*(holiday(f"2018-02-{day:02}") for day in range(1, 29)))
    assert judge(aim(), seen(value("revenue_won", "0"), workdays=found)).due == 0
    assert judge(aim(), seen(value("revenue_won", "0"), workdays=found, today="2018-03-01")).due == D(100)


def test_time_in_a_team_counts_in_working_days_of_the_accounts_time_zone():
    """From the evening of the 14th in UTC, the 15th in Helsinki, ten of twenty days are left; the day of leaving does not count."""
    found = workdays(stay("1", "5", "2018-02-14T22:30"), stay("2", "5", None, "2018-02-14T22:30"), stay("3", "6"))

    assert found.share_in("1", "5", FEBRUARY) == found.share_in("2", "5", FEBRUARY) == (10, 20)
    assert found.users_of("5", FEBRUARY) == ["1", "2"]
    assert found.users_of("5", CALENDAR.parse("2018-03")) == ["1"]


SUNDAY_TO_THURSDAY = Hours.parse("sun-thu 09:00-17:00")
FOUR_DAYS = {"1": Hours.parse("mon-thu 08:00-12:00, mon-thu 13:00-18:00")}


def test_hours_of_business_say_which_days_are_worked():
    """February 2018 has four of every weekday: from Sunday to Thursday 20, on Saturdays too 24; a holiday of a free Friday takes none."""
    rows, stays = [holiday("2018-02-02"), holiday("2018-02-04")], [stay("1", "5")]
    found = Workdays.of(rows, stays, TEAMS, CALENDAR, hours=SUNDAY_TO_THURSDAY)
    assert count(found, "account", "") == count(found, "team", "5") == count(found, "owner", "1") == 19
    assert date(2018, 2, 11) in found.days("account", "", FEBRUARY)
    assert date(2018, 2, 9) not in found.days("account", "", FEBRUARY)
    assert count(Workdays.of([], [], TEAMS, CALENDAR, hours=Hours.parse("mon-sat 09:00-17:00")), "account", "") == 24


def test_a_users_own_hours_say_when_that_user_works():
    """Who works on four days has 16 of 20; nobody's own hours count where no hours of business are set, nor the team's by its member's."""
    found = Workdays.of([], [stay("1", "5")], TEAMS, CALENDAR, hours=Hours.parse("mon-fri 09:00-17:00"), own=FOUR_DAYS)
    assert [count(found, "owner", "1"), count(found, "owner", "2"), count(found, "team", "5"), count(found, "team", "1")] == [
        16,
        20,
        20,
        20,
    ]
    assert found.share_in("1", "5", FEBRUARY) == (16, 16)
    assert count(Workdays.of([], [], TEAMS, CALENDAR, own=FOUR_DAYS), "owner", "1") == 20


def test_hours_move_the_pace():
    """With work on every day 14 of 28 days are over by the 15th, and 50 of 100 is just in time."""
    found = Workdays.of([], [], TEAMS, CALENDAR, hours=Hours.parse("mon-sun 09:00-17:00"))
    made = judge(aim(target="100"), seen(value("revenue_won", "50"), workdays=found))
    assert (made.due, made.pace, made.days_left) == (50, 1, 14)


def test_two_rows_of_one_stay_count_once():
    """A person who is in a team twice, by the main membership and another one, is in it once."""
    found = workdays(stay("1", "5"), stay("1", "5", "2018-02-01T00:00"))
    assert found.share_in("1", "5", FEBRUARY) == (20, 20)
