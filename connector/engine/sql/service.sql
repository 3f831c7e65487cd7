-- Every request for service as it stood at the moment of the measurement.
create or replace temp table tickets_base as
with standing as (
  select
    t.id as ticket,
    t.is_complaint,
    t.created_at,
    case when t.first_response_at < getvariable('as_of') then t.first_response_at end as answered_at,
    case when t.resolved_at < getvariable('as_of') then t.resolved_at end as resolved_at,
    case when t.reopened_at < getvariable('as_of') then t.reopened_at end as reopened_at,
    t.touches,
    coalesce(t.paused, 0) * 1000000 as paused_us,
    t.owner,
    t.pipeline,
    t.channel,
    t.reason,
    coalesce(t.company, p.company) as company
  from crm.tickets as t
  left join crm.contacts as p on p.id = t.contact and p.deleted_at is null
  where t.deleted_at is null and t.created_at < getvariable('as_of')
),
-- Where hours of business are set, only those count until the answer; a clock that stands still in between has no days, and stays as it is.
worked_on as (
  select t.ticket, worked_until(e, t.answered_at) - worked_until(b, t.created_at) as worked_us
  from standing as t
  left join calendars as c on c.calendar = t.owner
  asof left join working as b on b.calendar = coalesce(c.calendar, '') and b.opens_us <= t.created_at
  asof left join working as e on e.calendar = coalesce(c.calendar, '') and e.opens_us <= t.answered_at
  where getvariable('has_hours') and t.answered_at is not null
),
timed as (
  select
    *,
    local_time(created_at) as created_time,
    local_time(answered_at) as answered_time,
    local_time(resolved_at) as resolved_time,
    local_time(reopened_at) as reopened_time
  from standing
),
measured as (
  select
    *,
    epoch_us(answered_time) - epoch_us(created_time) as waiting_us,
    epoch_us(resolved_time) - epoch_us(created_time) - paused_us as resolution_us
  from timed
  left join worked_on using (ticket)
)
select
  m.ticket,
  m.is_complaint,
  cast(m.created_time as date) as created_on,
  m.created_time,
  cast(m.answered_time as date) as answered_on,
  m.answered_time,
  cast(m.resolved_time as date) as resolved_on,
  m.resolved_time,
  case when m.waiting_us >= 0 then coalesce(m.worked_us, m.waiting_us) end as waiting_us,
  case when m.resolution_us >= 0 then m.resolution_us end as resolution_us,
  m.answered_at is null and m.resolved_at is null as is_waiting,
  m.resolved_at is null or coalesce(m.reopened_at > m.resolved_at, false) as is_open,
  coalesce(m.resolved_time + to_days(7) <= getvariable('now_time'), false) as is_settled,
  m.touches,
  coalesce(m.reopened_time < m.resolved_time + to_days(7), m.reopened_at is not null) as was_reopened,
  m.company,
  m.owner,
  m.pipeline,
  coalesce(m.channel, '') as channel,
  coalesce(m.reason, '') as reason,
  coalesce(g.segment, '') as segment,
  coalesce(cast(m.resolved_time as date), getvariable('last_day')) as credit_day
from measured as m
left join crm.companies as g on g.id = m.company and g.deleted_at is null;
