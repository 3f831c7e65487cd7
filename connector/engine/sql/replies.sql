-- How long each customer who wrote or called waited for a person's answer: from the first message that nobody has answered to the next
-- human one of ours in the same thread; without a thread, with the same contact on the same channel.
create or replace temp table replies_base as
with messages as (
  select
    id, kind, direction, owner, contact, company, "at",
    coalesce('thread:' || thread, kind || ':' || contact) as talk
  from crm.activities
  where deleted_at is null and status = 'done' and "at" < getvariable('as_of') and kind in ('email', 'call', 'chat', 'social', 'form')
    and (direction = 'in' or (direction = 'out' and not coalesce(is_automated, false)))
),
turned as (
  select
    *,
    lag(direction) over turn as before,
    first_value(case when direction = 'out' then struct_pack("at" := "at", owner := owner) end ignore nulls)
      over (partition by talk order by "at", id rows between 1 following and unbounded following) as answer
  from messages
  where talk is not null
  window turn as (partition by talk order by "at", id)
),
waiting as (
  select *, local_time("at") as received_time, local_time(answer."at") as answered_time
  from turned
  where direction = 'in' and before is distinct from 'in'
)
select
  getvariable('account') as account,
  w.id as record,
  cast(w.received_time as date) as received_on,
  w.received_time,
  cast(w.answered_time as date) as answered_on,
  w.answered_time,
  epoch_us(w.answered_time) - epoch_us(w.received_time) as response_us,
  w.contact,
  w."at" as received_us,
  w.kind as channel,
  coalesce(w.answer.owner, w.owner) as owner,
  coalesce(g.segment, '') as segment,
  coalesce(cast(w.answered_time as date), getvariable('last_day')) as credit_day
from waiting as w
left join crm.contacts as p on p.id = w.contact and p.deleted_at is null
left join crm.companies as g on g.id = coalesce(w.company, p.company) and g.deleted_at is null;
