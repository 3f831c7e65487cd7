-- Every deal as it stands at the moment of the measurement, with what its KPIs need. Columns without a meaning for it are null.
create or replace temp table deals_base as
with standing as (
  select
    s.*,
    d.kind,
    d.lost_reason,
    d.company,
    d.contact,
    cast(s.amount is not null as integer) as has_amount,
    cast(coalesce(d.source, '') <> '' as integer) as has_source,
    case when s.closed_us < getvariable('as_of') then s.closed_us end as closed,
    -- Of a deal that nobody knows the making of, all that is known is that it is there.
    nullif(s.created_us, getvariable('first_us')) as made_us,
    case when d.company is not null then 'company:' || d.company when d.contact is not null then 'contact:' || d.contact end as customer
  from states as s
  join crm.deals as d on d.id = s.deal
  where s.moment = getvariable('as_of')
),
timed as (
  select *, local_time(made_us) as created_time, local_time(closed) as closed_time from standing
),
-- A closed deal counts for whoever owned it when it was closed.
credited as (
  select t.* exclude (owner), case when t.closed is not null and o.deal is not null then o.value else t.owner end as owner
  from timed as t
  left join spans as o on o.deal = t.deal and o.field = 'owner' and o.from_us <= t.closed and t.closed < o.to_us
),
contacted as (
  select c.company, min(c.created_at) as first_us
  from crm.contacts as c
  where c.deleted_at is null and c.created_at < getvariable('as_of') and c.company is not null
  group by all
),
won as (
  select
    deal,
    row_number() over (partition by customer order by closed, created_us, length(deal), deal) as won_no
  from credited
  where status = 'won' and closed is not null and customer is not null
),
ordered as (
  select
    deal,
    row_number() over turn as order_no,
    epoch_us(closed_time) - epoch_us(lag(closed_time) over turn) as gap_us
  from credited
  where status = 'won' and closed is not null and customer is not null and kind <> 'renewal'
  window turn as (partition by customer order by closed, created_us, length(deal), deal)
),
-- When something first passed between us and a customer, or about a deal; of those who have bought, and where activities are whole.
acted as (
  select
    a.deal, a.contact, coalesce('company:' || coalesce(a.company, p.company), 'contact:' || a.contact) as customer, min(a."at") as first_us
  from crm.activities as a
  left join crm.contacts as p on p.id = a.contact and p.deleted_at is null
  where getvariable('has_acts') and a.deleted_at is null and a.status = 'done' and a."at" < getvariable('as_of')
    and not coalesce(a.is_automated, false) and a.kind not in ('note', 'task')
  group by all
),
met as (select customer, min(first_us) as first_us from acted where customer is not null group by all),
met_for as (select deal, min(first_us) as first_us from acted where deal is not null group by all),
-- The deal's contact need not be known as one of the customer's people.
met_whom as (select contact, min(first_us) as first_us from acted where contact is not null group by all),
entered as (
  select deal, min(entered_at) as first_us from stays_all group by all
),
begun as (
  select
    c.*,
    w.won_no,
    o.order_no,
    o.gap_us,
    e.first_us as entered_first_us,
    least(c.made_us, f.first_us, p.created_at, a.first_us, i.first_us, j.first_us) as met_first_us
  from credited as c
  left join won as w using (deal)
  left join ordered as o using (deal)
  left join entered as e using (deal)
  left join contacted as f on f.company = c.company
  left join met as a on a.customer = c.customer and w.won_no = 1
  left join met_for as i on i.deal = c.deal and w.won_no = 1
  left join met_whom as j on j.contact = c.contact and w.won_no = 1
  left join crm.contacts as p on p.id = c.contact and p.deleted_at is null and p.created_at < getvariable('as_of')
),
measured as (
  select
    *,
    epoch_us(closed_time) - epoch_us(created_time) as close_us,
    epoch_us(closed_time) - wall_us(entered_first_us) as velocity_us,
    epoch_us(closed_time) - wall_us(met_first_us) as cycle_us
  from begun
)
select
  m.deal,
  m.kind,
  m.customer,
  m.status,
  m.home_amount,
  m.home_amount is null and m.has_amount = 1 as is_unpriced,
  m.probability,
  cast(m.created_time as date) as created_on,
  m.created_time,
  cast(m.closed_time as date) as closed_on,
  m.closed_time,
  m.closed as closed_us,
  m.expected_on,
  coalesce(m.expected_on >= getvariable('today'), false) as is_expected,
  coalesce(m.created_time + to_days(getvariable('cohort_days')) > getvariable('now_time'), true) as is_young,
  coalesce(m.status = 'won' and m.closed_time <= m.created_time + to_days(getvariable('cohort_days')), false) as won_early,
  m.won_no,
  m.order_no,
  case when m.close_us >= 0 then m.close_us end as close_us,
  case when m.velocity_us >= 0 then m.velocity_us end as velocity_us,
  case when m.cycle_us >= 0 then m.cycle_us end as cycle_us,
  m.gap_us,
  cast(
    cast(m.owner is not null as integer) + greatest(cast(m.home_amount is not null as integer), m.has_amount)
    + cast(coalesce(m.closed_time, m.expected_on) is not null as integer) + cast(m.customer is not null as integer) + m.has_source
    as bigint
  ) as present,
  m.company,
  m.owner,
  m.pipeline,
  m.stage,
  m.entered_us,
  coalesce(g.segment, '') as segment,
  coalesce(x.source, '') as source,
  coalesce(x.campaign, '') as campaign,
  coalesce(m.lost_reason, '') as lost_reason,
  coalesce(cast(m.closed_time as date), getvariable('last_day')) as credit_day
from measured as m
left join deal_origins as x on x.deal = m.deal
left join crm.companies as g on g.id = m.company and g.deleted_at is null;
