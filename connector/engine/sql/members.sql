-- Which teams a user was in, from the first day to the day of leaving; and how each deal's amount falls on its products.
create or replace temp table team_days as
select distinct
  m."user" as owner,
  m.team,
  coalesce(local_day(m.since), date '0001-01-01') as from_day,
  coalesce(local_day(m.deleted_at), date '9999-12-31') as to_day
from crm.memberships as m;

create or replace temp table product_weights as
with lines as (
  select deal, coalesce(product, '') as product, sum(cast(greatest(coalesce(amount, 0), 0) * 10000 as hugeint)) as weight
  from crm.line_items
  where deleted_at is null and deal is not null and coalesce(created_at < getvariable('as_of'), true)
  group by all
)
select
  deal,
  product,
  case when sum(weight) over (partition by deal) = 0 then 1 else weight end as weight,
  case when sum(weight) over (partition by deal) = 0 then count(*) over (partition by deal) else sum(weight) over (partition by deal) end as whole
from lines;
