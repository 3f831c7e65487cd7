-- E-mails of ours that were delivered, and what came of each by the moment.
create or replace temp table mails_base as
with delivered as (
  select *, local_time(delivered_at) as delivered_time
  from crm.activities
  where deleted_at is null and kind = 'email' and direction = 'out' and delivered_at < getvariable('as_of') and not coalesce(is_bounced, false)
)
select
  m.id as record,
  cast(m.delivered_time as date) as delivered_on,
  m.delivered_time,
  coalesce(m.opened_at < getvariable('as_of'), false) and not coalesce(m.is_machine_open, false) as is_opened,
  coalesce(m.opened_at < getvariable('as_of'), false) and coalesce(m.is_machine_open, false) as is_machine_open,
  coalesce(m.clicked_at < getvariable('as_of'), false) as is_clicked,
  m.owner,
  coalesce(g.segment, '') as segment,
  cast(m.delivered_time as date) as credit_day
from delivered as m
left join crm.contacts as p on p.id = m.contact and p.deleted_at is null
left join crm.companies as g on g.id = coalesce(m.company, p.company) and g.deleted_at is null;
