-- Every contract that was known at the moment, until when it binds, and what follows it. One that ends without having been cancelled binds
-- for the days of grace, in which it may still be renewed.
create or replace temp table contracts_known as
with known as (
  select
    c.id as contract,
    case when c.company is not null then 'company:' || c.company when c.contact is not null then 'contact:' || c.contact end as customer,
    c.company, c.owner, c.deal, coalesce(c.product, '') as product, c.starts_on, c.ends_on, c.billing_months, c.renews_contract,
    coalesce(c.churn_reason, '') as reason,
    c.renewed_at < getvariable('as_of') as was_renewed,
    case when c.cancelled_at < getvariable('as_of') then local_day(c.cancelled_at) end as cancelled_on,
    case when not is_by_rate(c.amount, c.currency) then c.home_amount end as home_amount, c.amount, c.currency
  from crm.contracts as c
  where c.deleted_at is null and coalesce(c.created_at < getvariable('as_of'), true) and c.starts_on is not null
),
rates as (
  select currency, "day", try_cast(rate as decimal(20, 10)) as rate from crm.fx_rates where deleted_at is null
),
priced as (
  select k.contract, cast(cast(k.amount as decimal(18, 4)) * r.rate as decimal(22, 4)) as amount
  from known as k
  asof join rates as r on r.currency = k.currency and r."day" <= k.starts_on
  where k.home_amount is null
),
ended as (
  select
    k.* exclude (amount),
    coalesce(k.home_amount, case when coalesce(k.currency, '') in ('', getvariable('home')) then k.amount end, p.amount) as worth,
    k.amount is not null and worth is null as is_unpriced,
    coalesce(k.ends_on, k.cancelled_on) as end_on
  from known as k
  left join priced as p using (contract)
),
named as (
  select renews_contract as contract, min(starts_on) as next_on from ended where renews_contract is not null group by all
),
guessed as (
  select e.contract, min(n.starts_on) as next_on
  from ended as e
  join ended as n on n.customer = e.customer and n.product = e.product and n.starts_on > e.starts_on
    and n.starts_on >= e.end_on - getvariable('grace_days') and n.starts_on <= e.end_on + getvariable('grace_days')
  where n.renews_contract is null
  group by all
)
select
  e.*,
  coalesce(n.next_on, g.next_on) as next_on,
  e.end_on + case when e.cancelled_on is null then getvariable('grace_days') else 0 end as bound_until,
  case
    when coalesce(e.billing_months, 0) > 0 then e.billing_months
    when e.ends_on > e.starts_on then
      12 * (year(e.ends_on) - year(e.starts_on)) + month(e.ends_on) - month(e.starts_on) + (day(e.ends_on) - day(e.starts_on)) / 30.4375
  end as months,
  cast(e.worth as double) / months as monthly
from ended as e
left join named as n using (contract)
left join guessed as g using (contract);

create or replace temp table contracts_base as
select
  k.contract,
  k.customer,
  k.ends_on as due_on,
  cast(k.ends_on as timestamp) as due_time,
  coalesce(k.was_renewed, false) or k.next_on is not null as is_renewed,
  coalesce(k.was_renewed, false) or k.next_on is not null or k.cancelled_on is not null
    or k.ends_on + getvariable('grace_days') <= getvariable('today') as is_judged,
  coalesce(k.owner, g.owner) as owner,
  coalesce(g.segment, '') as segment,
  k.reason,
  k.ends_on as credit_day
from contracts_known as k
left join crm.companies as g on g.id = k.company and g.deleted_at is null
where k.ends_on <= getvariable('last_day');

-- A contract stops bringing money when the one that follows it begins, so that nothing counts twice in the days of grace. Of a customer
-- with a contract whose amount has no exchange rate nobody knows the sums: they are null, not what the other contracts bring.
create or replace temp table recurring_base as
with paying as (
  select
    customer, company, owner, monthly, is_unpriced,
    cast(starts_on as timestamp) as from_time,
    coalesce(cast(least(next_on, bound_until) as timestamp), timestamp '9999-01-01') as to_time
  from contracts_known
  where (monthly is not null or is_unpriced and months is not null) and customer is not null
),
sums as (
  select
    c.customer, p.grain, p.period, m.last_day, max(c.company) as company, max(c.owner) as owner,
    sum(c.monthly) filter (where c.from_time < p.start and c.to_time >= p.start) as at_start,
    sum(c.monthly) filter (where c.from_time < m.wall and c.to_time >= m.wall) as at_end,
    coalesce(bool_or(c.is_unpriced) filter (where c.from_time < p.start), false) as was_unpriced,
    coalesce(bool_or(c.is_unpriced) filter (where c.from_time < m.wall and c.to_time >= m.wall), false) as ends_unpriced
  from periods as p
  join moments as m on m.moment = p.moment
  join paying as c on c.from_time < m.wall and c.to_time >= p.start
  group by all
)
select
  s.customer,
  s.grain,
  s.period,
  case when not s.was_unpriced then cast(coalesce(s.at_start, 0) as decimal(22, 4)) end as at_start,
  case when not s.ends_unpriced then cast(coalesce(s.at_end, 0) as decimal(22, 4)) end as at_end,
  s.was_unpriced or s.ends_unpriced as is_unpriced,
  coalesce(g.owner, s.owner) as owner,
  coalesce(g.segment, '') as segment,
  s.last_day as credit_day
from sums as s
left join crm.companies as g on g.id = s.company and g.deleted_at is null
where s.at_start > 0 or s.at_end > 0 or s.was_unpriced or s.ends_unpriced;
