-- The usual length of a stay in each stage at each moment.
create or replace temp table benchmarks as
select s.stage, m.moment, median(s.stay_us) as median_us, count(*) as stays
from stays_done as s
join moments as m on s.left_at < m.moment
where s.kind <> 'renewal'
group by all;

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
