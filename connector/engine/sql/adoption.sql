-- How the CRM itself is used, up to the moment.
create or replace temp table records_base as
with every as (
  select 'deals' as kind, d.id, s.owner, d.created_at from crm.deals as d join states as s on s.deal = d.id and s.moment = getvariable('as_of')
  union all
  select 'companies', id, owner, created_at from crm.companies where deleted_at is null
  union all
  select 'contacts', id, owner, created_at from crm.contacts where deleted_at is null
  union all
  select 'leads', id, owner, created_at from crm.leads where deleted_at is null
  union all
  select 'tickets', id, owner, created_at from crm.tickets where deleted_at is null
)
select
  kind || ':' || id as record,
  kind,
  created_at is not null as is_dated,
  coalesce(local_day(created_at), date '1970-01-01') as created_on,
  coalesce(local_time(created_at), timestamp '1970-01-01') as created_time,
  owner,
  '' as segment,
  coalesce(local_day(created_at), date '1970-01-01') as credit_day
from every
where coalesce(created_at < getvariable('as_of'), true);

-- Who has or had a licence, and from when to when. Of somebody who is gone, nobody knows until when, there is none.
create or replace temp table licences as
select
  id as "user",
  active_from as since_us,
  active_to as until_us
from crm.users
where deleted_at is null and coalesce(licensed, true) and (is_active or active_to is not null);

-- Each day on which a user did something: logged in, worked in the CRM, met a customer or changed a record.
create or replace temp table active_days as
with did as (
  select "user", "at" from crm."usage" where deleted_at is null
  union all
  select owner, "at" from crm.activities where deleted_at is null and status = 'done' and not coalesce(is_automated, false)
  union all
  select "by", "at" from crm.field_history where deleted_at is null
)
select d."user", local_day(d."at") as day, bool_or(l."user" is not null and coalesce(l.since_us <= d."at", true) and coalesce(d."at" < l.until_us, true)) as is_licensed
from did as d
left join licences as l on l."user" = d."user"
where d."user" is not null and d."at" < getvariable('as_of')
group by all;

create or replace temp table uses_base as
select
  u.id as record,
  u."user",
  u.kind = 'login' as is_login,
  coalesce(u.feature = getvariable('crm_feature'), false) as is_feature,
  l."user" is not null and coalesce(l.since_us <= u."at", true) and coalesce(u."at" < l.until_us, true) as is_licensed,
  local_day(u."at") as used_on,
  local_time(u."at") as used_time,
  u."user" as owner,
  '' as segment,
  local_day(u."at") as credit_day
from crm."usage" as u
left join licences as l on l."user" = u."user"
where u.deleted_at is null and u."at" < getvariable('as_of');

create or replace temp table user_days_base as
select
  d."user" || ':' || d.day as record,
  d."user",
  d.is_licensed,
  d.day as used_on,
  cast(d.day as timestamp) as used_time,
  d."user" as owner,
  '' as segment,
  d.day as credit_day
from active_days as d
semi join crm.users as u on u.id = d."user" and u.deleted_at is null;

-- Who could use it in each period, and for how many weeks of it (to date, while it runs).
create or replace temp table seats_base as
with bounds as (
  select p.grain, p.period, m.last_day, greatest(p.start, cast(f.first as timestamp)) as "from", m.wall as "to"
  from periods as p
  join moments as m on m.moment = p.moment
  cross join (select coalesce(min(day), getvariable('last_day')) as first from active_days) as f
),
held as (
  select
    l."user" as id, b.grain, b.period, b.last_day,
    greatest(b."from", coalesce(local_time(l.since_us), b."from")) as "from",
    least(b."to", coalesce(local_time(l.until_us), b."to")) as "to"
  from licences as l
  join bounds as b on coalesce(local_time(l.since_us) < b."to", true) and coalesce(local_time(l.until_us) > b."from", true)
)
select
  id as record,
  grain,
  period,
  (epoch_us("to") - epoch_us("from")) / (7 * 86400000000) as weeks,
  id as owner,
  '' as segment,
  last_day as credit_day
from held
where "to" > "from";

-- The third day of the first week in which a new user was there on three.
create or replace temp table onboardings_base as
with weeks as (
  select
    d."user", d.day,
    row_number() over (partition by d."user", date_trunc('week', d.day) order by d.day) as place
  from active_days as d
  join crm.users as u on u.id = d."user" and d.day >= local_day(u.active_from)
),
settled as (
  select "user", min(day) as day from weeks where place = 3 group by all
)
select
  s."user" as record,
  s.day as settled_on,
  cast(s.day as timestamp) as settled_time,
  epoch_us(cast(s.day as timestamp)) - epoch_us(cast(local_day(u.active_from) as timestamp)) as onboarding_us,
  s."user" as owner,
  '' as segment,
  s.day as credit_day
from settled as s
join crm.users as u on u.id = s."user" and u.deleted_at is null;

create or replace temp table trainings_base as
select
  t.id as record,
  t.course,
  local_day(t.assigned_at) as assigned_on,
  local_time(t.assigned_at) as assigned_time,
  coalesce(t.completed_at < getvariable('as_of'), false) and coalesce(t.expires_at >= getvariable('as_of'), true) as is_valid,
  coalesce(t.completed_at < getvariable('as_of'), false) and coalesce(t.expires_at < getvariable('as_of'), false) as is_expired,
  t."user" as owner,
  '' as segment,
  local_day(t.assigned_at) as credit_day
from crm.trainings as t
where t.deleted_at is null and t.assigned_at < getvariable('as_of');
