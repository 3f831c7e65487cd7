-- Every lead and what became of it before the moment of the measurement. Where the CRM keeps leads of their own these are the leads, else
-- every contact that was not imported in bulk and whose company was not a customer yet when the contact came.
create or replace temp table leads_base as
with first_won as (
  select d.contact, d.company, b.deal, min(b.closed_us) as won_at
  from deals_base as b
  join crm.deals as d on d.id = b.deal
  where b.status = 'won' and b.closed_us < getvariable('as_of')
  group by all
),
by_contact as (select contact, min(won_at) as won_at from first_won where contact is not null group by all),
by_company as (select company, min(won_at) as won_at from first_won where company is not null group by all),
own as (
  select
    'lead:' || l.id as lead, l.contact, coalesce(l.company, p.company) as company, l.deal, l.owner, l.source, l.campaign, l.created_at,
    -- What the person had reached before did not come of this lead.
    coalesce(l.qualified_at, case when p.qualified_at >= l.created_at then p.qualified_at end) as qualified_at,
    coalesce(l.opportunity_at, case when p.opportunity_at >= l.created_at then p.opportunity_at end) as opportunity_at,
    case when p.customer_at >= l.created_at then p.customer_at end as customer_at,
    coalesce(l.assigned_at, case when p.assigned_at >= l.created_at then p.assigned_at end) as assigned_at,
    l.created_at as asked_from, l.opportunity_at is not null as is_told
  from crm.leads as l
  left join crm.contacts as p on p.id = l.contact and p.deleted_at is null
  where l.deleted_at is null
),
people as (
  select
    'contact:' || p.id as lead, p.id as contact, p.company, null::varchar as deal, p.owner, p.source, p.campaign, p.created_at,
    p.qualified_at, p.opportunity_at, p.customer_at, p.assigned_at,
    getvariable('first_us') as asked_from, false as is_told
  from crm.contacts as p
  left join by_company as w on w.company = p.company
  where p.deleted_at is null and not coalesce(p.is_imported, false) and not coalesce(w.won_at < p.created_at, false)
    and not exists (from crm.leads as l where l.deleted_at is null)
),
every as (from own union all by name from people),
-- The first deal of the person, of a lead since it came, or the one that the lead itself names; unless the lead tells when it became one,
-- because the deal may be the same record, and as old as the lead.
asked as (
  select lead, min(deal_at) as deal_at
  from (
    select l.lead, d.created_at as deal_at
    from every as l join crm.deals as d on d.contact = l.contact and d.created_at >= l.asked_from
    where d.deleted_at is null and not l.is_told
    union all
    select l.lead, d.created_at from every as l join crm.deals as d on d.id = l.deal where d.deleted_at is null and not l.is_told
  )
  group by all
),
won as (
  select lead, min(won_at) as won_at
  from (
    select l.lead, w.won_at from every as l join by_contact as w on w.contact = l.contact and w.won_at >= l.created_at
    union all
    select l.lead, w.won_at from every as l join by_company as w on w.company = l.company and w.won_at >= l.created_at
    union all
    select l.lead, w.won_at from every as l join first_won as w on w.deal = l.deal and w.won_at >= l.created_at
  )
  group by all
),
-- What people of ours had to do with the lead, or about its deal, after it came: done, not by a machine, and no message of the lead's own. What
-- is outbound answers the lead.
acted as (
  select contact, deal, "at", direction = 'out' as is_outbound
  from crm.activities
  where deleted_at is null and status = 'done' and not coalesce(is_automated, false) and "at" < getvariable('as_of')
    and (direction = 'out' or kind in ('call', 'meeting', 'note', 'task'))
),
worked as (
  select
    lead,
    min("at") filter (where is_outbound) as answered_at,
    count(*) filter (where is_outbound and "at" < created_at + 30 * 86400000000) as followups
  from (
    select l.lead, l.created_at, a."at", a.is_outbound from every as l join acted as a on a.contact = l.contact and a."at" >= l.created_at
    union all
    select l.lead, l.created_at, a."at", a.is_outbound
    from every as l join acted as a on a.deal = l.deal and a.contact is distinct from l.contact and a."at" >= l.created_at
  )
  group by all
),
standing as (
  select
    l.lead, l.owner, l.source, l.campaign, l.company, l.created_at,
    case when l.qualified_at < getvariable('as_of') then l.qualified_at end as qualified_at,
    case when least(l.opportunity_at, k.deal_at) < getvariable('as_of') then least(l.opportunity_at, k.deal_at) end as opportunity_at,
    case when least(l.customer_at, w.won_at) < getvariable('as_of') then least(l.customer_at, w.won_at) end as customer_at,
    w.won_at,
    case when l.assigned_at < getvariable('as_of') then l.assigned_at end as assigned_at,
    a.answered_at,
    coalesce(a.followups, 0) as followups,
    a.lead is not null as is_worked
  from every as l
  left join won as w using (lead)
  left join worked as a using (lead)
  left join asked as k using (lead)
  where l.created_at < getvariable('as_of')
),
-- Where hours of business are set, only those count until a lead is answered; of one that is not, up to the moment.
worked_on as (
  select
    t.lead,
    worked_until(e, coalesce(t.answered_at, getvariable('as_of'))) - worked_until(b, t.created_at) as worked_us
  from standing as t
  left join calendars as c on c.calendar = t.owner
  asof left join working as b on b.calendar = coalesce(c.calendar, '') and b.opens_us <= t.created_at
  asof left join working as e on e.calendar = coalesce(c.calendar, '') and e.opens_us <= coalesce(t.answered_at, getvariable('as_of'))
  where getvariable('has_hours')
),
timed as (
  select
    *,
    local_time(created_at) as created_time,
    local_time(won_at) as converted_time,
    local_time(assigned_at) as assigned_time,
    local_time(answered_at) as answered_time,
    least(qualified_at, opportunity_at, customer_at) as qualified_us,
    least(opportunity_at, customer_at) as opportunity_us
  from standing
  left join worked_on using (lead)
),
grown as (
  select
    *,
    epoch_us(created_time) + getvariable('cohort_days') * 86400000000 as grown_us,
    coalesce(worked_us, epoch_us(coalesce(answered_time, getvariable('now_time'))) - epoch_us(created_time)) as waited_us
  from timed
)
select
  t.lead,
  cast(t.created_time as date) as created_on,
  t.created_time,
  cast(t.converted_time as date) as converted_on,
  t.converted_time,
  cast(t.assigned_time as date) as assigned_on,
  t.assigned_time,
  cast(t.answered_time as date) as answered_on,
  t.answered_time,
  t.qualified_us is not null as is_qualified,
  t.opportunity_us is not null as is_opportunity,
  t.customer_at is not null as is_customer,
  coalesce(wall_us(t.qualified_us) <= t.grown_us, false) as was_qualified_early,
  coalesce(wall_us(t.opportunity_us) <= t.grown_us, false) as was_opportunity_early,
  coalesce(wall_us(t.customer_at) <= t.grown_us, false) as was_customer_early,
  t.grown_us > epoch_us(getvariable('now_time')) as is_young,
  t.answered_at is not null or t.waited_us >= getvariable('response_us') as is_judged,
  t.answered_at is not null and t.waited_us <= getvariable('response_us') as is_in_time,
  not t.is_worked and t.waited_us >= getvariable('response_us') as is_overdue,
  epoch_us(t.converted_time) - epoch_us(t.created_time) as conversion_us,
  case when t.assigned_at >= t.created_at then epoch_us(t.assigned_time) - epoch_us(t.created_time) end as assignment_us,
  case when t.answered_at is not null then t.waited_us end as answer_us,
  t.followups,
  t.created_time + to_days(30) <= getvariable('now_time') as is_month_old,
  coalesce(t.source, '') <> '' and (getvariable('web_sources') = '' or is_listed(t.source, 'web_sources')) as is_web,
  is_listed(coalesce(t.source, ''), 'crm_sources') or k.id is not null as is_crm,
  t.owner,
  coalesce(t.source, '') as source,
  coalesce(k.name, t.campaign, '') as campaign,
  coalesce(g.segment, '') as segment,
  coalesce(cast(t.converted_time as date), getvariable('last_day')) as credit_day
from grown as t
left join crm.campaigns as k on k.id = t.campaign and k.deleted_at is null
left join crm.companies as g on g.id = t.company and g.deleted_at is null;
