-- What passed between us and customers up to the moment, one row an activity that was done, with the customer (if they were one then).
create or replace temp table channels as
select unnest(['email', 'call', 'meeting', 'chat', 'social', 'web', 'form', 'product']) as channel;

create or replace temp table acts_base as
with done as (
  select
    a.id as record, a.kind as channel, a.direction, a.owner, a.contact, coalesce(a.company, p.company) as company, a."at",
    not coalesce(a.is_automated, false) as is_human,
    a.direction = 'in' or a.kind in ('web', 'form') as is_own,
    case when a.kind = 'meeting' then 20 when a.kind = 'web' then 2 when a.direction = 'in' or a.kind = 'form' then 10 else 2 end as points
  from crm.activities as a
  left join crm.contacts as p on p.id = a.contact and p.deleted_at is null
  where a.deleted_at is null and a.status = 'done' and a."at" < getvariable('as_of') and a.kind not in ('note', 'task')
  union all
  -- An opening and a click are acts of the contact's own, at their own time.
  select a.id || ':opened', 'email', 'in', a.owner, a.contact, coalesce(a.company, p.company), a.opened_at, true, true, 2
  from crm.activities as a
  left join crm.contacts as p on p.id = a.contact and p.deleted_at is null
  where a.deleted_at is null and a.opened_at < getvariable('as_of') and not coalesce(a.is_machine_open, false) and a.direction = 'out'
  union all
  select a.id || ':clicked', 'email', 'in', a.owner, a.contact, coalesce(a.company, p.company), a.clicked_at, true, true, 5
  from crm.activities as a
  left join crm.contacts as p on p.id = a.contact and p.deleted_at is null
  where a.deleted_at is null and a.clicked_at < getvariable('as_of') and a.direction = 'out'
  union all
  select u.id, 'product', 'in', null, u.contact, coalesce(u.company, p.company), u."at", true, true, 2
  from crm.product_usage as u
  left join crm.contacts as p on p.id = u.contact and p.deleted_at is null
  where u.deleted_at is null and u."at" < getvariable('as_of')
),
timed as (select *, local_time("at") as happened_time from done)
select
  t.record,
  t.contact,
  t.company,
  t.points,
  t.channel,
  t.is_own and t.contact is not null as is_own,
  t.is_human and coalesce(s.customer, w.customer) is not null as is_with_customer,
  cast(t.happened_time as date) as happened_on,
  t.happened_time,
  t.owner,
  coalesce(g.segment, '') as segment,
  cast(t.happened_time as date) as credit_day
from timed as t
-- Whose deals name no company is a customer by themselves, whatever company they belong to.
left join spells as s on s.company = t.company and s.from_time <= t.happened_time and t.happened_time < s.to_time
left join spells as w
  on w.contact = t.contact and w.from_time <= t.happened_time and t.happened_time < w.to_time and s.customer is null
left join crm.companies as g on g.id = t.company and g.deleted_at is null;

-- Everybody who is there at the moment, by the day on which they came.
create or replace temp table contacts_base as
select
  p.id as record,
  local_day(p.created_at) as created_on,
  local_time(p.created_at) as created_time,
  p.owner,
  coalesce(g.segment, p.segment, '') as segment,
  getvariable('last_day') as credit_day
from crm.contacts as p
left join crm.companies as g on g.id = p.company and g.deleted_at is null
where p.deleted_at is null and p.created_at < getvariable('as_of');

-- What people who are there did of their own accord, by whose they are: each is one of those whom it is a share of.
create or replace temp table own_acts_base as
select a.record, a.contact, a.channel, a.happened_on, a.happened_time, p.owner, p.segment, p.credit_day
from acts_base as a
join contacts_base as p on p.record = a.contact
where a.is_own and a.happened_on >= p.created_on;

-- What passed with customers, by whose customers they are.
create or replace temp table dealings_base as
with buyers as (select distinct customer, company, contact, owner, segment from spells)
select
  a.record, a.happened_on, a.happened_time,
  case when b.customer is not null then b.owner else p.owner end as owner,
  case when b.customer is not null then b.segment else p.segment end as segment,
  a.credit_day
from acts_base as a
left join buyers as b on b.company = a.company
left join buyers as p on p.contact = a.contact
where a.is_with_customer;
