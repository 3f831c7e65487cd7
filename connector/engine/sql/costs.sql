-- What was spent on each day up to the moment. A cost that is spread falls on its days evenly, in whole ten-thousandths; what rounding leaves
-- goes to the days in turn, so that they add up to the amount.
create or replace temp table costs_base as
with told as (
  select
    c.id as cost, c.category, c.amount, coalesce(c.currency, '') as currency, coalesce(c.provider, '') as provider,
    coalesce(c.source, '') as source, coalesce(k.name, c.campaign, '') as campaign, c.owner, c."day", c.spread_from,
    case when c.spread_to > c.spread_from then c.spread_to - c.spread_from else 1 end as days,
    c.spread_to > c.spread_from as is_spread
  from crm.costs as c
  left join crm.campaigns as k on k.id = c.campaign and k.deleted_at is null
  where c.deleted_at is null
),
turns as (
  select *, unnest(range(days)) as turn from told
),
daily as (
  select
    * exclude (amount, "day", spread_from),
    case when is_spread then spread_from + cast(turn as integer) else "day" end as spent_on,
    cast(amount * 10000 as hugeint) as units
  from turns
),
portions as (
  select *, (units * (turn + 1)) // days - (units * turn) // days as part
  from daily
  where spent_on <= getvariable('last_day')
),
money as (
  select * exclude (units, part), cast(cast(part as decimal(22, 0)) * cast(0.0001 as decimal(5, 4)) as decimal(22, 4)) as amount from portions
),
rates as (
  select currency, "day", try_cast(rate as decimal(20, 10)) as rate from crm.fx_rates where deleted_at is null
),
priced as (
  select
    m.* exclude (amount),
    case
      when m.currency in ('', getvariable('home')) then m.amount
      else cast(cast(m.amount as decimal(18, 4)) * r.rate as decimal(22, 4))
    end as amount
  from money as m
  asof left join rates as r on r.currency = m.currency and r."day" <= m.spent_on
)
select
  cost,
  category,
  amount,
  -- One provider tells of a day, category, source and campaign: the first of the setting, else the first by name.
  dense_rank() over (
    partition by spent_on, category, source, campaign
    order by coalesce(list_position(string_split(getvariable('cost_precedence'), chr(31)), provider), 9999), provider
  ) = 1 as is_counted,
  campaign <> '' as is_of_campaign,
  spent_on,
  cast(spent_on as timestamp) as spent_time,
  source,
  campaign,
  owner,
  '' as segment,
  spent_on as credit_day
from priced;
