-- How long each customer who wrote or called waited for a person's answer: from the first message that nobody has answered to the next
-- human one of ours in the same thread; without a thread, with the same contact on the same channel.
create or replace temp table replies_base as
with messages as (
  select
    id, kind, direction, owner, contact, company, "at",
    coalesce(thread, contact) as talk, case when thread is null then kind end as way
  from crm.activities
  where deleted_at is null and status = 'done' and "at" < getvariable('as_of') and kind in ('email', 'call', 'chat', 'social', 'form')
    and (direction = 'in' or (direction = 'out' and not coalesce(is_automated, false)))
),
turned as (
  select
    *,
    lag(direction) over turn as before,
    first_value(case when direction = 'out' then "at" end ignore nulls) over following as answer_at,
    first_value(case when direction = 'out' then coalesce(owner, '') end ignore nulls) over following as answer_owner
  from messages
  where talk is not null
  window turn as (partition by talk, way order by "at", id),
    following as (partition by talk, way order by "at", id rows between 1 following and unbounded following)
),
waiting as (
  select *, local_time("at") as received_time, local_time(answer_at) as answered_time, coalesce(nullif(answer_owner, ''), owner) as answerer
  from turned
  where direction = 'in' and before is distinct from 'in'
),
-- Where hours of business are set, only those count, and a message is due after so many of them.
received as (
  select w.id, w."at", w.answer_at as answered_at, coalesce(c.calendar, '') as calendar, worked_until(b, w."at") as before_us
  from waiting as w
  left join calendars as c on c.calendar = w.answerer
  asof left join working as b on b.calendar = coalesce(c.calendar, '') and b.opens_us <= w."at"
  where getvariable('has_hours')
),
worked_on as (
  select
    r.id,
    case when r.answered_at is not null then worked_until(e, r.answered_at) - r.before_us end as worked_us,
    -- The last span of all is too short for what is due after it; that nobody knows.
    case
      when r.before_us + getvariable('response_us') - d.before_us <= d.closes_us - d.opens_us
      then d.opens_us + r.before_us + getvariable('response_us') - d.before_us
    end as due_us
  from received as r
  asof left join working as e on e.calendar = r.calendar and e.opens_us <= r.answered_at
  asof left join working as d on d.calendar = r.calendar and d.before_us < r.before_us + getvariable('response_us')
)
select
  w.id as record,
  cast(w.received_time as date) as received_on,
  w.received_time,
  cast(w.answered_time as date) as answered_on,
  w.answered_time,
  coalesce(h.worked_us, epoch_us(w.answered_time) - epoch_us(w.received_time)) as response_us,
  w.contact,
  case when getvariable('has_hours') then h.due_us else w."at" + getvariable('response_us') end as due_us,
  w.kind as channel,
  w.answerer as owner,
  coalesce(g.segment, '') as segment,
  coalesce(cast(w.answered_time as date), getvariable('last_day')) as credit_day
from waiting as w
left join worked_on as h on h.id = w.id
left join crm.contacts as p on p.id = w.contact and p.deleted_at is null
left join crm.companies as g on g.id = coalesce(w.company, p.company) and g.deleted_at is null;
