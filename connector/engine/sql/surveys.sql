-- Every survey that was sent or answered before the moment of the measurement. A respondent is a person, else a company, else unknown,
-- and an unknown one is somebody else each time.
create or replace temp table surveys_base as
with standing as (
  select
    s.id as survey,
    s.kind,
    coalesce('contact:' || s.contact, 'company:' || s.company, 'survey:' || s.id) as respondent,
    case when s.answered_at < getvariable('as_of') then s.score end as score,
    s.scale,
    s.sent_at,
    case when s.answered_at < getvariable('as_of') then s.answered_at end as answered_at,
    s.owner,
    s.touchpoint,
    coalesce(s.company, p.company, t.company) as company
  from crm.surveys as s
  left join crm.contacts as p on p.id = s.contact and p.deleted_at is null
  left join crm.tickets as t on t.id = s.ticket and t.deleted_at is null
  where s.deleted_at is null and coalesce(least(s.sent_at, s.answered_at), s.sent_at, s.answered_at) < getvariable('as_of')
),
timed as (
  select *, local_time(sent_at) as sent_time, local_time(answered_at) as answered_time from standing
)
select
  s.survey,
  s.kind,
  s.respondent,
  cast(s.score as decimal(9, 4)) as score,
  s.scale,
  cast(s.sent_time as date) as sent_on,
  s.sent_time,
  cast(s.answered_time as date) as answered_on,
  s.answered_time,
  s.answered_at is not null as is_answered,
  s.company,
  s.owner,
  coalesce(s.touchpoint, '') as touchpoint,
  coalesce(g.segment, '') as segment,
  coalesce(cast(s.answered_time as date), getvariable('last_day')) as credit_day
from timed as s
left join crm.companies as g on g.id = s.company and g.deleted_at is null;
