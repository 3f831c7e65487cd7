-- Visits of the web site up to the moment's last day.
create or replace temp table traffic_base as
select
  t.id as record,
  cast(t.sessions as bigint) as sessions,
  t."day" as seen_on,
  cast(t."day" as timestamp) as seen_time,
  coalesce(t.source, '') as source,
  coalesce(k.name, t.campaign, '') as campaign,
  null::varchar as owner,
  '' as segment,
  t."day" as credit_day
from crm.traffic as t
left join crm.campaigns as k on k.id = t.campaign and k.deleted_at is null
where t.deleted_at is null and t."day" <= getvariable('last_day');
