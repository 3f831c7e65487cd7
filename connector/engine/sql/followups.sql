-- Everything that somebody was to do by a time, as it stands at the moment: what is past that time and neither done nor cancelled is overdue.
-- Nobody tells when something was cancelled, and what is deleted may have been done (Odoo keeps it as a message), so both hold for all time.
create or replace temp table followups_base as
with timed as (
  select
    a.id, a.owner, coalesce(a.company, p.company) as company, local_time(a.due_at) as due_time,
    a.status = 'cancelled' as is_cancelled,
    a.status = 'done' and coalesce(a."at" < getvariable('as_of'), true) as is_done,
    a.due_at < getvariable('as_of') as is_due
  from crm.activities as a
  left join crm.contacts as p on p.id = a.contact and p.deleted_at is null
  where a.deleted_at is null and a.due_at is not null and coalesce(a.created_at < getvariable('as_of'), true)
)
select
  t.id as record,
  t.is_due and not t.is_done and not t.is_cancelled as is_overdue,
  t.is_cancelled,
  t.is_done and not t.is_cancelled as is_done,
  not t.is_due and not t.is_done and not t.is_cancelled as is_to_come,
  cast(t.due_time as date) as due_on,
  t.due_time,
  t.owner,
  coalesce(g.segment, '') as segment,
  getvariable('last_day') as credit_day
from timed as t
left join crm.companies as g on g.id = t.company and g.deleted_at is null;
