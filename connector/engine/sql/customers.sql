-- Who was a customer from when to when. Each won deal keeps a customer for the days of the churn policy, or each contract while it binds;
-- stretches that touch are one. Somebody who bought again after having been lost is a customer again, not a new one.
create or replace temp table ties as
select
  b.customer, 'deal:' || b.deal as tie, b.closed_time as from_time, b.closed_time + to_days(getvariable('churn_days')) as to_time,
  b.owner, b.source, b.campaign, b.pipeline, '' as reason
from deals_base as b
where getvariable('churn_policy') = 'orders' and b.status = 'won' and b.customer is not null and b.closed_time is not null
union all
select
  k.customer, 'contract:' || k.contract, cast(k.starts_on as timestamp),
  coalesce(cast(k.bound_until as timestamp), timestamp '9999-01-01'),
  coalesce(b.owner, k.owner), coalesce(b.source, ''), coalesce(b.campaign, ''), coalesce(b.pipeline, ''), k.reason
from contracts_known as k
left join deals_base as b on b.deal = k.deal
where getvariable('churn_policy') = 'contracts' and k.customer is not null and k.starts_on <= getvariable('last_day');

create or replace temp table spells as
with turned as (
  select
    *,
    max(to_time) over (partition by customer order by from_time, to_time, tie rows between unbounded preceding and 1 preceding) as held_until
  from ties
),
numbered as (
  select
    * exclude (held_until),
    sum(case when held_until >= from_time then 0 else 1 end) over (partition by customer order by from_time, to_time, tie) as spell
  from turned
),
folded as (
  select
    customer, case when customer like 'company:%' then substr(customer, 9) end as company,
    case when customer like 'contact:%' then substr(customer, 9) end as contact,
    spell, min(from_time) as from_time, max(to_time) as to_time,
    arg_min(struct_pack(owner, source, campaign, pipeline), struct_pack(from_time, to_time, tie)) as opening,
    arg_max(struct_pack(owner, reason), struct_pack(to_time, from_time, tie)) as closing
  from numbered
  group by all
)
select
  f.customer, f.company, f.contact, f.spell, f.from_time, f.to_time, f.opening, f.closing,
  arg_min(f.opening, f.spell) over (partition by f.customer) as first_opening,
  coalesce(g.owner, p.owner, arg_max(f.closing.owner, f.spell) over (partition by f.customer)) as owner,
  coalesce(g.segment, p.segment, '') as segment
from folded as f
left join crm.companies as g on g.id = f.company and g.deleted_at is null
left join crm.contacts as p on p.id = f.contact and p.deleted_at is null;

create or replace temp table arrivals_base as
select
  s.customer,
  s.spell = 1 as is_first,
  cast(s.from_time as date) as began_on,
  s.from_time as began_time,
  s.opening.owner as owner,
  s.opening.source as source,
  s.opening.campaign as campaign,
  s.opening.pipeline as pipeline,
  s.segment,
  cast(s.from_time as date) as credit_day
from spells as s
where s.from_time < getvariable('now_time');

create or replace temp table departures_base as
select
  s.customer,
  cast(s.to_time as date) as lost_on,
  s.to_time as lost_time,
  s.owner,
  s.closing.reason as reason,
  s.segment,
  cast(s.to_time as date) as credit_day
from spells as s
where s.to_time < getvariable('now_time');
