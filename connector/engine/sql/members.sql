-- Which teams a user was in, from the first day to the day of leaving; and how each deal's amount falls on its products and,
-- where people share its credit, on its owners.
create or replace temp table team_days as
with told as (
  select
    "user" as owner, team,
    coalesce(local_day(since), date '0001-01-01') as from_day,
    coalesce(local_day(least(until, deleted_at)), date '9999-12-31') as to_day
  from crm.memberships
),
-- Stretches that touch are one, so that nothing counts twice for a team.
turned as (
  select
    *,
    max(to_day) over (partition by owner, team order by from_day, to_day rows between unbounded preceding and 1 preceding) as held_until
  from told
  where from_day < to_day
),
numbered as (
  select *, sum(case when held_until >= from_day then 0 else 1 end) over (partition by owner, team order by from_day, to_day) as stretch
  from turned
)
select owner, team, min(from_day) as from_day, max(to_day) as to_day
from numbered
group by owner, team, stretch;

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
  case when sum(weight) over (partition by deal) = 0 then count(*) over (partition by deal) else sum(weight) over (partition by deal) end as whole,
  count(*) over (partition by deal) = 1 as is_alone
from lines;

create or replace temp table owner_weights as
with told as (
  select deal, owner, sum(cast(share * 10000 as hugeint)) as weight
  from crm.deal_splits
  where deleted_at is null and share > 0 and coalesce(created_at < getvariable('as_of'), true)
  group by all
)
select deal, owner, weight, sum(weight) over (partition by deal) as whole, count(*) over (partition by deal) = 1 as is_alone from told;
