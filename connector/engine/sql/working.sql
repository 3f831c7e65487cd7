-- When people work, where hours of business are set. The calendar '' is everybody's; users have one of their own where the CRM tells their
-- hours or their time zone, or where a team of theirs has a holiday.
create or replace temp table team_holidays as
select distinct m."user", h."day"
from crm.holidays as h
join crm.teams as t on h.team in (t.id, t.name)
join crm.memberships as m
  on m.team = t.id and (m.since is null or local_day(m.since) <= h."day") and coalesce(h."day" < local_day(least(m.until, m.deleted_at)), true)
where h.deleted_at is null and getvariable('has_hours');

create or replace temp table calendars as
select distinct calendar, calendar as hours from shifts
union
select "user", '' from team_holidays where "user" not in (select calendar from shifts);

-- Every span in which somebody works, with all the working time before it: from the first day that something happened on to one by which
-- whatever has to be answered is due. What is due by few hours a week after a long target is looked for in the next three years only, and no
-- day before 1970 is, so that neither makes this table large.
create or replace temp table working as
with happened as (
  select min(created_at) as first_us from crm.tickets where deleted_at is null
  union all select min(created_at) from crm.leads where deleted_at is null
  union all select min(created_at) from crm.contacts where deleted_at is null
  union all select min("at") from crm.activities where deleted_at is null
),
horizons as (
  select
    calendar as hours,
    -- Twice as long as it takes, because of holidays.
    getvariable('today')
      + cast(least(60 + 14 * ceil(getvariable('response_us') / (sum(closes - opens) * 60000000.0)), 3 * 366) as integer) as until_day
  from shifts
  group by calendar
),
days as (
  select cast(unnest(generate_series(
    (select case when count(first_us) > 0 then greatest(local_day(min(first_us)) - 1, date '1970-01-01') end from happened),
    (select max(until_day) from horizons),
    interval 1 day
  )) as date) as "day"
  where getvariable('has_hours')
),
opened as (
  select
    c.calendar,
    epoch_us(timezone(s.zone, d."day" + to_minutes(s.opens))) as opens_us,
    epoch_us(timezone(s.zone, d."day" + to_minutes(s.closes))) as closes_us
  from calendars as c
  join shifts as s on s.calendar = c.hours
  join horizons as h on h.hours = c.hours
  join days as d on isodow(d."day") = s.weekday and d."day" <= h.until_day
  where d."day" not in (select "day" from crm.holidays where deleted_at is null and coalesce(team, '') = '')
    and not exists (from team_holidays as h where h."user" = c.calendar and h."day" = d."day")
)
select
  *,
  coalesce(cast(sum(closes_us - opens_us) over (
    partition by calendar order by opens_us rows between unbounded preceding and 1 preceding
  ) as bigint), 0) as before_us
from opened
where opens_us < closes_us;
