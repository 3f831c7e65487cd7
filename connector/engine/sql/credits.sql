-- The money of won deals by what led to it. Of the touches before the close that name a source (campaign, workflow) the first, the last or
-- all in equal parts are credited; a deal without one is credited to its own source and campaign. Parts add up to the amount.
create or replace temp table credits_base as
with won as (
  select b.deal, b.home_amount, b.is_unpriced, b.closed_us, b.closed_on, b.closed_time, b.owner, b.segment, d.contact, d.source, d.campaign
  from deals_base as b
  join crm.deals as d on d.id = b.deal
  where b.status = 'won' and b.closed_us is not null
),
met as (
  select w.deal, t.id as touch, t."at", t.source, t.campaign, t.workflow
  from won as w
  join crm.touches as t on t.deal = w.deal and t."at" <= w.closed_us
  where t.deleted_at is null
  union
  select w.deal, t.id, t."at", t.source, t.campaign, t.workflow
  from won as w
  join crm.touches as t on t.contact = w.contact and t.deal is null and t."at" <= w.closed_us
  where t.deleted_at is null
),
named as (
  select deal, touch, "at", 'source' as of, source as member from met where coalesce(source, '') <> ''
  union all
  select deal, touch, "at", 'campaign', campaign from met where coalesce(campaign, '') <> ''
  union all
  select deal, touch, "at", 'workflow', workflow from met where coalesce(workflow, '') <> ''
),
turned as (
  select
    *,
    row_number() over (partition by deal, of order by "at", touch) as turn,
    count(*) over (partition by deal, of) as touches
  from named
),
chosen as (
  select
    deal, of, member,
    case getvariable('credit') when 'linear' then turn - 1 else 0 end as turn,
    case getvariable('credit') when 'linear' then touches else 1 end as parts
  from turned
  where getvariable('credit') = 'linear' or turn = case getvariable('credit') when 'first' then 1 else touches end
),
own as (
  select w.deal, x.of, x.member, 0 as turn, 1 as parts
  from won as w
  cross join lateral (values ('source', w.source), ('campaign', w.campaign)) as x(of, member)
  where coalesce(x.member, '') <> '' and not exists (from named as n where n.deal = w.deal and n.of = x.of)
),
helped as (
  select distinct w.deal, 'crm' as of, '' as member, 0 as turn, 1 as parts
  from won as w
  left join met as m on m.deal = w.deal
  where getvariable('crm_revenue') = 'all'
    or is_listed(coalesce(m.source, w.source, ''), 'crm_sources')
    or coalesce(m.workflow, '') <> ''
    or coalesce(m.campaign, w.campaign, '') in (select id from crm.campaigns where deleted_at is null)
),
every as (from chosen union all from own union all from helped)
select
  e.deal,
  e.of,
  cast(cast(
    (cast(w.home_amount * 10000 as hugeint) * (e.turn + 1)) // e.parts - (cast(w.home_amount * 10000 as hugeint) * e.turn) // e.parts
    as decimal(22, 0)) * cast(0.0001 as decimal(5, 4)) as decimal(22, 4)) as home_amount,
  w.is_unpriced,
  w.closed_on,
  w.closed_time,
  case when e.of = 'source' then e.member else '' end as source,
  case when e.of = 'campaign' then coalesce(k.name, e.member) else '' end as campaign,
  case when e.of = 'workflow' then e.member else '' end as workflow,
  w.owner,
  w.segment,
  w.closed_on as credit_day
from every as e
join won as w using (deal)
left join crm.campaigns as k on e.of = 'campaign' and k.id = e.member and k.deleted_at is null;
