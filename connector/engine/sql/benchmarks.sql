-- The usual length of a stay in each stage at each moment: the middle one of those that had ended by then. Each stage's stays are counted in
-- parts by their length, and only those of the part that holds the middle are looked at one by one.
create or replace temp table benchmarks as
with widths as (
  select stage, cast(avg(stay_us) / 64 as bigint) + 1 as width from stays_done where kind <> 'renewal' group by all
),
ended as (
  select s.stage, s.stay_us, m.level, s.stay_us // w.width as part
  from stays_done as s
  join widths as w on w.stage = s.stage
  asof join moments as m on s.left_at < m.moment
  where s.kind <> 'renewal'
),
counted as (
  select c.stage, c.part, m.level, m.moment, cast(sum(c.stays) as bigint) as stays
  from (select stage, part, level, count(*) as stays from ended group by all) as c
  join moments as m on c.level <= m.level
  group by all
),
placed as (
  select
    *,
    cast(sum(stays) over (partition by stage, level order by part) as bigint) - stays as before,
    cast(sum(stays) over (partition by stage, level) as bigint) as every
  from counted
),
-- Of an even number of stays two are in the middle, which may be in two parts.
middles as (
  select * from placed where before + stays >= (every + 1) // 2 and before < every // 2 + 1
),
lengths as (
  select stage, part, level, stay_us, count(*) as stays
  from ended as e
  semi join middles as m on m.stage = e.stage and m.part = e.part
  group by all
),
near as (
  select m.stage, m.moment, m.every, l.stay_us, min(m.before) as before, cast(sum(l.stays) as bigint) as stays
  from middles as m
  join lengths as l on l.stage = m.stage and l.part = m.part and l.level <= m.level
  group by all
),
ranked as (
  select
    *,
    min(before) over (partition by stage, moment) + cast(sum(stays) over (partition by stage, moment order by stay_us) as bigint) as upto
  from near
)
select stage, moment, (min(stay_us) + max(stay_us)) / 2 as median_us, every as stays
from ranked
where upto >= (every + 1) // 2 and upto - stays < every // 2 + 1
group by stage, moment, every;

-- What became, by the moment of the measurement, of the deals that were ever in each open stage.
create or replace temp table chances as
with ended as (
  select s.deal, arg_max(s.outcome, s.place) as outcome
  from stays_all as s
  where s.entered_at < getvariable('as_of') and s.kind <> 'renewal'
  group by all
),
decided as (
  select e.deal, coalesce(case when d.closed_at < getvariable('as_of') then d.status end, e.outcome) as outcome
  from ended as e
  join crm.deals as d on d.id = e.deal
)
select s.stage, count(distinct s.deal) filter (where d.outcome = 'won') as won, count(distinct s.deal) as decided
from stays_all as s
join decided as d using (deal)
where s.outcome = 'open' and s.entered_at < getvariable('as_of') and d.outcome in ('won', 'lost')
group by all;
