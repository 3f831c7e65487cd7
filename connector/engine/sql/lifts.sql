-- Every decided deal that lived for at least fourteen days, with the kinds of activity of its first fourteen.
create or replace temp table lifts_base as
with decided as (
  select b.*, d.created_at, wall_us(d.created_at) as born_us
  from deals_base as b
  join crm.deals as d on d.id = b.deal
  where b.status in ('won', 'lost') and b.kind <> 'renewal' and d.created_at is not null and b.closed_time >= b.created_time + to_days(14)
),
early as (
  -- A day more on either side is cheaper to tell than the time on the wall, which is read only of what is left.
  select x.deal, list(distinct a.kind) filter (where wall_us(a."at") >= x.born_us and wall_us(a."at") < x.born_us + 14 * 86400000000) as kinds
  from decided as x
  join crm.activities as a on a.deal = x.deal
  where a.deleted_at is null and a.status = 'done' and not coalesce(a.is_automated, false) and a.kind not in ('note', 'task')
    and a."at" >= x.created_at - 86400000000 and a."at" < x.created_at + 15 * 86400000000
  group by all
)
select
  x.deal,
  x.status = 'won' as is_won,
  e.kinds is not null as has_act,
  coalesce(e.kinds, []) as kinds,
  x.closed_on,
  x.closed_time,
  x.owner,
  x.pipeline,
  x.segment,
  x.source,
  x.campaign,
  x.credit_day
from decided as x
left join early as e using (deal);
