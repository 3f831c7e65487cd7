-- Where each deal came from: its own source and campaign, else those of the first touch that names one and was no later than its close,
-- else those of its contact.
create or replace temp table deal_origins as
with standing as (
  select
    s.deal, d.contact, nullif(d.source, '') as source, nullif(d.campaign, '') as campaign,
    nullif(p.source, '') as first_source, nullif(p.campaign, '') as first_campaign,
    case when s.closed_us < getvariable('as_of') then s.closed_us else getvariable('as_of') - 1 end as until_us
  from states as s
  join crm.deals as d on d.id = s.deal
  left join crm.contacts as p on p.id = d.contact and p.deleted_at is null
    and coalesce(p.created_at < getvariable('as_of'), true)
  where s.moment = getvariable('as_of')
),
met as (
  select s.deal, t.id as touch, t."at", nullif(t.source, '') as source, nullif(t.campaign, '') as campaign
  from standing as s
  join crm.touches as t on t.deal = s.deal and t."at" <= s.until_us
  where t.deleted_at is null and (s.source is null or s.campaign is null)
  union all
  select s.deal, t.id, t."at", nullif(t.source, ''), nullif(t.campaign, '')
  from standing as s
  join crm.touches as t on t.contact = s.contact and t.deal is null and t."at" <= s.until_us
  where t.deleted_at is null and (s.source is null or s.campaign is null)
),
firsts as (
  -- A touch that names nothing is passed over.
  select
    deal,
    arg_min(source, struct_pack("at", touch)) as source,
    arg_min(campaign, struct_pack("at", touch)) as campaign
  from met
  group by deal
),
found as (
  select
    s.deal,
    coalesce(s.source, f.source, s.first_source, '') as source,
    coalesce(s.campaign, f.campaign, s.first_campaign, '') as campaign
  from standing as s
  left join firsts as f on f.deal = s.deal
)
select f.deal, f.source, coalesce(k.name, f.campaign) as campaign
from found as f
left join crm.campaigns as k on k.id = f.campaign and k.deleted_at is null;
