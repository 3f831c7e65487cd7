-- What the fields of companies and contacts are made from that hang on more than deals. Scores are rounded to five, so that a day that goes
-- by changes few of them.
create or replace temp macro fives(score) as 5 * round(least(100, greatest(0, score)) / 5);
create or replace temp macro is_there(what) as list_contains(string_split(getvariable('ready'), chr(31)), what);

create or replace temp table points as
select
  contact, company,
  points * pow(0.5, (epoch_us(getvariable('now_time')) - epoch_us(happened_time)) / (30 * 86400000000.0)) as points,
  channel, happened_on, happened_time
from acts_base;

create or replace temp table company_more as
with met as (
  select
    company as id,
    sum(points) filter (where happened_time > getvariable('now_time') - to_days(90)) as points,
    count(*) filter (where happened_time > getvariable('now_time') - to_days(90)) as acts,
    count(*) filter (where channel = 'product' and happened_time > getvariable('now_time') - to_days(30)) as uses
  from points
  where company is not null
  group by all
),
served as (
  select
    company as id, count(*) filter (where resolved_on is null) as open_tickets,
    count(*) filter (where resolved_on is null and is_complaint) as open_complaints
  from tickets_base
  where company is not null
  group by all
),
asked as (
  select
    company as id,
    arg_max(score, answered_time) filter (where kind = 'nps') as nps,
    arg_max(case kind when 'nps' then score * 10 else (score - 1) * 100 / (scale - 1) end, answered_time)
      filter (where kind in ('nps', 'csat') and answered_time > getvariable('now_time') - to_days(365)) as satisfied
  from surveys_base
  where company is not null and score is not null
  group by all
),
bound as (
  select
    company as id,
    min(ends_on) filter (where is_due) as renewal_on,
    arg_min(worth, ends_on) filter (where is_due) as renewal_amount,
    max(case when is_due and ends_on <= getvariable('today') + 90 then 50 when is_bound then 100 else 0 end) as state
  from (
    select
      company, ends_on, worth,
      starts_on <= getvariable('today') and coalesce(bound_until > getvariable('today'), true) as is_bound,
      ends_on > getvariable('last_day') and cancelled_on is null and next_on is null and not coalesce(was_renewed, false) as is_due
    from contracts_known
    where company is not null
  )
  group by all
),
bought as (
  select company as id, max(closed_time) as last_time,
    sum(home_amount) filter (where kind <> 'renewal' and closed_time > getvariable('now_time') - to_days(365)) as year_revenue
  from deals_base
  where status = 'won' and company is not null and closed_time is not null
  group by all
),
-- How long customers stay, from those of a year ago.
staying as (
  select
    count(distinct customer) filter (where from_time < y and to_time >= y) as before,
    count(distinct customer) filter (where from_time < y and to_time >= y and to_time < getvariable('now_time')) as lost,
    min(from_time) + to_days(case getvariable('churn_policy') when 'orders' then getvariable('churn_days') else 0 end) <= y as is_known
  from spells
  cross join (select getvariable('now_time') - to_days(365) as y)
  group by y
),
standing as (
  select substr(customer, 9) as id, max(to_time) as to_time from spells where customer like 'company:%' group by all
),
parts as (
  select
    c.id, m.points, m.acts, v.open_tickets, v.open_complaints, a.nps, b.renewal_on, b.renewal_amount, o.year_revenue,
    s.to_time < getvariable('now_time') as is_lost,
    s.id is not null as is_customer,
    case when o.id is not null
      then 100 * (1 - (epoch_us(getvariable('now_time')) - epoch_us(o.last_time)) / (getvariable('churn_days') * 86400000000.0)) end as p_order,
    case when is_there('activities') and m.id is not null then m.points end as p_engagement,
    case when exists (from crm.product_usage) then 5.0 * coalesce(m.uses, 0) end as p_use,
    cast(a.satisfied as double) as p_satisfaction,
    case when is_there('tickets') and exists (from tickets_base where is_complaint is not null) then 100.0 - 50 * coalesce(v.open_complaints, 0) end as p_complaints,
    cast(b.state as double) as p_contract
  from crm.companies as c
  left join met as m on m.id = c.id
  left join served as v on v.id = c.id
  left join asked as a on a.id = c.id
  left join bound as b on b.id = c.id
  left join bought as o on o.id = c.id
  left join standing as s on s.id = c.id
  where c.deleted_at is null and coalesce(c.created_at < getvariable('as_of'), true)
),
listed as (
  select
    *,
    list_filter([
      struct_pack(name := 'order', says := 'no order for long', score := p_order, weight := getvariable('health_order')),
      struct_pack(name := 'engagement', says := 'little contact', score := p_engagement, weight := getvariable('health_engagement')),
      struct_pack(name := 'product use', says := 'little use of the product', score := p_use, weight := getvariable('health_use')),
      struct_pack(name := 'satisfaction', says := 'not satisfied', score := p_satisfaction, weight := getvariable('health_satisfaction')),
      struct_pack(name := 'complaints', says := 'open complaints', score := p_complaints, weight := getvariable('health_complaints')),
      struct_pack(name := 'contract', says := 'the contract ends', score := p_contract, weight := getvariable('health_contract'))
    ], lambda one: one.score is not null and one.weight > 0) as healths
  from parts
),
scored as (
  select
    *,
    case when is_customer and len(healths) > 0 then fives(
      list_sum(list_transform(healths, lambda one: least(100, greatest(0, one.score)) * one.weight))
      / list_sum(list_transform(healths, lambda one: one.weight))
    ) end as health,
    list_sort(list_transform(healths, lambda one: struct_pack(score := least(100, greatest(0, one.score)), says := one.says)))[1] as worst
  from listed
)
select
  s.id,
  case when s.acts is not null then fives(s.points) end as engagement_score,
  'interactions in 90 days: ' || s.acts as engagement_score_why,
  s.health as health_score,
  'measured: ' || array_to_string(list_transform(s.healths, lambda one: one.name || ' ' || cast(round(one.score) as integer)), ', ') as health_score_why,
  case when s.health is null then null when s.is_lost then 'lost' when s.health < 40 then 'high' when s.health < 70 then 'medium' else 'low' end
    as churn_risk,
  'health score ' || cast(s.health as integer) as churn_risk_why,
  case when s.is_customer and not s.is_lost and s.worst.score < 70 then s.worst.says end as churn_reason,
  'the lowest part of the health score' as churn_reason_why,
  cast(round(s.year_revenue * try_cast(getvariable('gross_margin') as double)
    * case when y.lost * 5 <= y.before then 5 else y.before / y.lost end, 2) as decimal(22, 4)) as predicted_lifetime_value,
  'orders of 365 days ' || s.year_revenue || ', customers a year ago ' || y.before || ', lost since ' || y.lost as predicted_lifetime_value_why,
  coalesce(s.open_tickets, 0) as open_tickets,
  'tickets that are not resolved' as open_tickets_why,
  coalesce(s.open_complaints, 0) as open_complaints,
  'complaints that are not resolved' as open_complaints_why,
  s.nps as last_nps,
  'the last answer' as last_nps_why,
  s.renewal_on,
  'the next contract that ends' as renewal_on_why,
  s.renewal_amount,
  'the next contract that ends' as renewal_amount_why
from scored as s
left join staying as y on y.is_known and y.before > 0;

create or replace temp table contact_more as
with met as (
  select
    contact as id,
    sum(points) filter (where happened_time > getvariable('now_time') - to_days(90)) as points,
    count(*) filter (where happened_time > getvariable('now_time') - to_days(90)) as acts,
    max(happened_on) filter (where channel <> 'product') as last_on
  from points
  where contact is not null
  group by all
),
answered as (
  select
    contact as id,
    min(due_us) filter (where answered_on is null) as due_us,
    avg(response_us) filter (where answered_time > getvariable('now_time') - to_days(365)) as response_us,
    count(response_us) as answers
  from replies_base
  where contact is not null
  group by all
),
asked as (
  select
    substr(respondent, 9) as id,
    arg_max(score, answered_time) filter (where kind = 'nps') as nps,
    arg_max(score, answered_time) filter (where kind = 'csat') as csat,
    arg_max(score, answered_time) filter (where kind = 'ces') as effort
  from surveys_base
  where respondent like 'contact:%' and score is not null
  group by all
),
parts as (
  select
    p.id, m.points, m.acts, m.last_on, r.due_us, r.response_us, r.answers, a.nps, a.csat, a.effort,
    s.customer is not null as is_customer,
    case when is_there('activities') then coalesce(m.points, 0) end as p_engagement,
    case when g.size is not null then 100 * ln(1 + g.size) / ln(1001) end as p_size,
    case
      when p.opportunity_at < getvariable('as_of') then 100.0 when p.qualified_at < getvariable('as_of') then 60.0 else 20.0
    end as p_readiness
  from crm.contacts as p
  left join met as m on m.id = p.id
  left join answered as r on r.id = p.id
  left join asked as a on a.id = p.id
  left join crm.companies as g on g.id = p.company and g.deleted_at is null
  left join (select distinct customer from spells where to_time >= getvariable('now_time')) as s
    on s.customer = coalesce('company:' || p.company, 'contact:' || p.id)
  where p.deleted_at is null and coalesce(p.created_at < getvariable('as_of'), true)
),
listed as (
  select
    *,
    list_filter([
      struct_pack(name := 'engagement', score := p_engagement, weight := getvariable('lead_engagement')),
      struct_pack(name := 'size', score := p_size, weight := getvariable('lead_size')),
      struct_pack(name := 'readiness', score := p_readiness, weight := getvariable('lead_readiness'))
    ], lambda one: one.score is not null and one.weight > 0) as leads
  from parts
)
select
  id,
  case when acts is not null then fives(points) end as engagement_score,
  'interactions in 90 days: ' || acts as engagement_score_why,
  case when not is_customer and len(leads) > 0 then fives(
    list_sum(list_transform(leads, lambda one: least(100, one.score) * one.weight)) / list_sum(list_transform(leads, lambda one: one.weight))
  ) end as lead_score,
  'measured: ' || array_to_string(list_transform(leads, lambda one: one.name || ' ' || cast(round(one.score) as integer)), ', ') as lead_score_why,
  last_on as last_contact_on,
  'the last interaction' as last_contact_on_why,
  make_timestamp(due_us) as reply_due_at,
  'the first message without an answer' as reply_due_at_why,
  response_us / 3600000000.0 as response_hours,
  'answers: ' || answers as response_hours_why,
  nps as last_nps,
  'the last answer' as last_nps_why,
  csat as last_csat,
  'the last answer' as last_csat_why,
  effort as last_effort,
  'the last answer' as last_effort_why
from listed;
