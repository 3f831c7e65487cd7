-- What is wrong with the records at the moment of the measurement, by the rules that can be judged (table rules); see connector/kpis/quality.py.
create or replace temp table faults_base as
with judged_deals as (
  -- The owner of the moment repairs a deal, not the one who is credited with its close.
  select b.*, s.owner as responsible, s.amount, s.closed_us as any_close, d.currency, d.company as its_company
  from deals_base as b
  join states as s on s.deal = b.deal and s.moment = getvariable('as_of')
  join crm.deals as d on d.id = b.deal
  where exists (from rules)
),
deal_faults as (
  select
    'deals' as entity,
    deal as id,
    responsible as owner,
    created_time,
    unnest(list_filter([
      case when status in ('won', 'lost', 'cancelled') and any_close is null then 'closed_without_date' end,
      case when closed_time < created_time then 'closed_before_created' end,
      case when status = 'won' and home_amount is null and amount is null then 'won_without_amount' end,
      case when amount is not null and home_amount is null and currency is not null then 'missing_rate' end,
      case when status = 'unknown' then 'unknown_stage' end,
      case when status = 'open' and expected_on < getvariable('today') then 'overdue_close_date' end,
      case
        when its_company is not null and not exists (from crm.companies as c where c.id = its_company and c.deleted_at is null)
        then 'company_gone'
      end,
      case
        when responsible is not null and not exists (from crm.users as u where u.id = responsible and u.deleted_at is null)
        then 'owner_gone'
      end
    ], lambda x: x is not null)) as rule
  from judged_deals
),
contact_faults as (
  select 'contacts' as entity, p.id, p.owner, local_time(p.created_at) as created_time, 'company_gone' as rule
  from crm.contacts as p
  where p.deleted_at is null and p.created_at < getvariable('as_of') and p.company is not null
    and exists (from rules where rule = 'company_gone')
    and not exists (from crm.companies as c where c.id = p.company and c.deleted_at is null)
),
line_faults as (
  select 'line_items' as entity, l.id, null::varchar as owner, local_time(l.created_at) as created_time, 'deal_gone' as rule
  from crm.line_items as l
  where l.deleted_at is null and coalesce(l.created_at < getvariable('as_of'), true)
    and exists (from rules where rule = 'deal_gone')
    and not exists (from crm.deals as d where d.id = l.deal and d.deleted_at is null)
),
named_companies as (
  select
    id, owner, local_time(created_at) as created_time,
    coalesce(lower(trim(country)), '') as place,
    regexp_replace(lower(strip_accents(name)), '[^\pL\pN]+', '', 'g') as plain
  from crm.companies
  where deleted_at is null and coalesce(created_at < getvariable('as_of'), true) and name is not null
    and exists (from rules where rule = 'probable_duplicate')
),
company_faults as (
  select 'companies' as entity, id, owner, created_time, 'probable_duplicate' as rule
  from named_companies
  where plain <> ''
  qualify count(*) over (partition by plain, place) > 1
),
ticket_faults as (
  select 'tickets' as entity, ticket as id, owner, created_time, 'answered_before_created' as rule
  from tickets_base
  where exists (from rules where rule = 'answered_before_created')
    and (answered_time < created_time or resolved_time < created_time)
),
-- A record is at fault once, however many of its fields cannot be read.
unread as (
  select distinct
    v.entity, v.record as id,
    coalesce(d.owner, p.owner, c.owner, t.owner) as owner,
    coalesce(d.created_at, p.created_at, c.created_at, t.created_at) as created_at
  from crm.unread as v
  left join crm.deals as d on v.entity = 'deals' and d.id = v.record
  left join crm.contacts as p on v.entity = 'contacts' and p.id = v.record
  left join crm.companies as c on v.entity = 'companies' and c.id = v.record
  left join crm.tickets as t on v.entity = 'tickets' and t.id = v.record
  where exists (from rules where rule = 'unreadable_value')
    and coalesce(coalesce(d.created_at, p.created_at, c.created_at, t.created_at) < getvariable('as_of'), true)
),
value_faults as (
  select entity, id, owner, local_time(created_at) as created_time, 'unreadable_value' as rule from unread
),
found as (
  from deal_faults
  union all by name from contact_faults
  union all by name from line_faults
  union all by name from company_faults
  union all by name from ticket_faults
  union all by name from value_faults
)
select
  f.entity || ':' || f.id as record,
  f.entity,
  f.id,
  f.rule,
  f.owner,
  coalesce(cast(f.created_time as date), date '1970-01-01') as created_on,
  coalesce(f.created_time, timestamp '1970-01-01') as created_time,
  '' as segment,
  getvariable('last_day') as credit_day
from found as f
semi join rules as r on r.rule = f.rule;
