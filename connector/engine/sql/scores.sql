-- How engaged everybody is and how well each customer is doing, at the moment. Scores are rounded to five, so that a day that goes by changes
-- few of them.
create or replace temp macro fives(score) as 5 * round(least(100, greatest(0, score)) / 5);
create or replace temp macro clamped(score) as least(100, greatest(0, score));
create or replace temp macro told(name, score, weight) as
  name || ' ' || cast(round(clamped(score)) as integer) || case when weight = 1 then '' else ' x ' || format('{:g}', cast(weight as double)) end;
create or replace temp macro is_there(what) as list_contains(string_split(getvariable('ready'), chr(31)), what);

create or replace temp view points as
select
  contact, company,
  points * pow(0.5, (epoch_us(getvariable('now_time')) - epoch_us(happened_time)) / (30 * 86400000000.0)) as points,
  channel, happened_on, happened_time
from acts_base;

create or replace temp table company_scores as
with heard as (
  select distinct company as id from acts_base where company is not null
),
met as (
  select
    company as id,
    sum(points) as points,
    count(*) as acts,
    count(*) filter (where channel = 'product' and happened_time > getvariable('now_time') - to_days(30)) as uses
  from points
  where company is not null and happened_time > getvariable('now_time') - to_days(90)
  group by all
),
served as (
  select
    company as id, count(*) filter (where is_open) as open_tickets,
    count(*) filter (where is_open and is_complaint) as open_complaints
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
standing as (
  select company as id, max(to_time) as to_time from spells where company is not null group by all
),
parts as (
  select
    c.id, m.points, case when h.id is not null then coalesce(m.acts, 0) end as acts, v.open_tickets, v.open_complaints, a.nps, b.renewal_on, b.renewal_amount, o.year_revenue,
    s.to_time < getvariable('now_time') as is_lost,
    s.id is not null as is_customer,
    case when o.id is not null
      then 100 * (1 - (epoch_us(getvariable('now_time')) - epoch_us(o.last_time)) / (getvariable('churn_days') * 86400000000.0)) end as p_order,
    -- Silence is no engagement at all, but only where anything that passes is written down.
    case when is_there('activities') and exists (from acts_base) then coalesce(m.points, 0) end as p_engagement,
    case when exists (from acts_base where channel = 'product') then 5.0 * coalesce(m.uses, 0) end as p_use,
    cast(a.satisfied as double) as p_satisfaction,
    case when is_there('tickets') and exists (from tickets_base where is_complaint is not null) then 100.0 - 50 * coalesce(v.open_complaints, 0) end as p_complaints,
    cast(b.state as double) as p_contract
  from crm.companies as c
  left join heard as h on h.id = c.id
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
      list_sum(list_transform(healths, lambda one: clamped(one.score) * one.weight))
      / list_sum(list_transform(healths, lambda one: one.weight))
    ) end as health,
    list_sort(list_transform(healths, lambda one: struct_pack(score := clamped(one.score), says := one.says)))[1] as worst
  from listed
)
select
  *,
  case when acts is not null then fives(points) end as engagement,
  'measured: ' || array_to_string(list_transform(healths, lambda one: told(one.name, one.score, one.weight)), ', ') as made_of
from scored;

create or replace temp table contact_scores as
with heard as (
  select contact as id, max(happened_on) filter (where channel <> 'product') as last_on from acts_base where contact is not null group by all
),
met as (
  select contact as id, sum(points) as points, count(*) as acts
  from points
  where contact is not null and happened_time > getvariable('now_time') - to_days(90)
  group by all
)
select h.id, m.points, coalesce(m.acts, 0) as acts, h.last_on, fives(coalesce(m.points, 0)) as engagement
from heard as h
left join met as m using (id);

-- As facts: of the periods whose level is that of the moment, the running ones above all.
create or replace temp table healths_base as
select
  p.grain,
  p.period,
  'company:' || s.id as customer,
  cast(s.health as bigint) as score,
  s.made_of,
  s.is_lost,
  c.owner,
  coalesce(c.segment, '') as segment,
  getvariable('last_day') as credit_day
from company_scores as s
join crm.companies as c on c.id = s.id
join periods as p on p.moment = getvariable('as_of')
where s.is_customer;

create or replace temp table engagements_base as
with told as (
  select
    id, cast(engagement as bigint) as score,
    'interactions in 90 days: ' || acts || ', worth ' || round(coalesce(points, 0), 1) || ' today' as made_of
  from contact_scores
)
select
  p.grain,
  p.period,
  c.id as contact,
  s.score,
  s.made_of,
  c.owner,
  coalesce(g.segment, c.segment, '') as segment,
  getvariable('last_day') as credit_day
from crm.contacts as c
left join told as s on s.id = c.id
left join crm.companies as g on g.id = c.company and g.deleted_at is null
join periods as p on p.moment = getvariable('as_of')
where c.deleted_at is null and coalesce(c.created_at < getvariable('as_of'), true);
