-- What the fields of companies and contacts are made from that hang on more than deals.
create or replace temp table company_more as
with staying as (
  -- How long customers stay, from those of a year ago.
  select
    count(distinct customer) filter (where from_time < y and to_time >= y) as before,
    count(distinct customer) filter (where from_time < y and to_time >= y and to_time < getvariable('now_time')) as lost,
    min(from_time) + to_days(case getvariable('churn_policy') when 'orders' then getvariable('churn_days') else 0 end) <= y as is_known
  from spells
  cross join (select getvariable('now_time') - to_days(365) as y)
  group by y
)
select
  s.id,
  s.engagement as engagement_score,
  'interactions in 90 days: ' || s.acts as engagement_score_why,
  s.health as health_score,
  s.made_of as health_score_why,
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
from company_scores as s
left join staying as y on y.is_known and y.before > 0;

create or replace temp table contact_more as
with buyers as (select distinct customer, company, contact from spells where to_time >= getvariable('now_time')),
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
    p.id, m.engagement, m.points, m.acts, m.last_on, r.due_us, r.response_us, r.answers, a.nps, a.csat, a.effort,
    coalesce(s.customer, w.customer) is not null as is_customer,
    case when is_there('activities') then coalesce(m.points, 0) end as p_engagement,
    case when g.size is not null then 100 * ln(1 + g.size) / ln(1001) end as p_size,
    case
      when p.opportunity_at < getvariable('as_of') then 100.0 when p.qualified_at < getvariable('as_of') then 60.0 else 20.0
    end as p_readiness
  from crm.contacts as p
  left join contact_scores as m on m.id = p.id
  left join answered as r on r.id = p.id
  left join asked as a on a.id = p.id
  left join crm.companies as g on g.id = p.company and g.deleted_at is null
  left join buyers as s on s.company = p.company
  left join buyers as w on w.contact = p.id
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
  engagement as engagement_score,
  'interactions in 90 days: ' || acts as engagement_score_why,
  case when not is_customer and len(leads) > 0 then fives(
    list_sum(list_transform(leads, lambda one: least(100, one.score) * one.weight)) / list_sum(list_transform(leads, lambda one: one.weight))
  ) end as lead_score,
  'measured: ' || array_to_string(list_transform(leads, lambda one: told(one.name, one.score, one.weight)), ', ') as lead_score_why,
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
