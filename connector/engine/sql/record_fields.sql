-- What the fields of deals and companies are made from.
create or replace temp table deal_fields as
with postponed as (
  select record as deal, count(*) as times
  from crm.field_history
  where "of" = 'deals' and field = 'expected_close_on' and deleted_at is null and "at" < getvariable('as_of')
    and try_cast(new as date) > try_cast(old as date)
  group by all
),
standing as (
  select deal, is_slow, is_silent, silent_since from open_base where moment = getvariable('as_of')
)
select
  d.deal as id,
  d.status = 'open' as is_open,
  local_day(d.entered_us) as entered_on,
  coalesce(g.name, d.stage, '') as stage,
  cast(b.median_us as bigint) as benchmark_us,
  coalesce(b.stays, 0) as stays,
  coalesce(s.is_slow, false) as is_slow,
  s.silent_since,
  d.home_amount,
  d.probability,
  d.expected_on,
  coalesce(d.expected_on < getvariable('today'), false) as is_overdue,
  coalesce(p.times, 0) as times_postponed,
  case when c.decided >= 20 then c.won / c.decided end as win_chance,
  c.won,
  c.decided
from deals_base as d
left join crm.stages as g on g.id = d.stage
left join benchmarks as b on b.stage = d.stage and b.moment = getvariable('as_of')
left join standing as s on s.deal = d.deal
left join postponed as p on p.deal = d.deal
left join chances as c on c.stage = d.stage;

create or replace temp table company_fields as
select
  c.id,
  coalesce(sum(d.home_amount), 0) as revenue,
  count(d.deal) as won,
  count(d.order_no) as orders,
  max(d.closed_on) filter (where d.order_no is not null) as last_order_on
from crm.companies as c
left join deals_base as d on d.company = c.id and d.status = 'won' and d.closed_on is not null
where c.deleted_at is null
group by c.id;
