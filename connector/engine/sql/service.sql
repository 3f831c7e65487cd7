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
)
select
  getvariable('account') as account,
  m.ticket,
  m.is_complaint,
  cast(m.created_time as date) as created_on,
  m.created_time,
  cast(m.answered_time as date) as answered_on,
  m.answered_time,
  cast(m.resolved_time as date) as resolved_on,
  m.resolved_time,
  case when m.waiting_us >= 0 then m.waiting_us end as waiting_us,
  case when m.resolution_us >= 0 then m.resolution_us end as resolution_us,
  m.answered_at is null and m.resolved_at is null as is_waiting,
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
