-- Who was a customer when each period began and when it ended, and a year before its end; all as of just before that time.
create or replace temp table standings_base as
with history as (
  select min(from_time) + to_days(case getvariable('churn_policy') when 'orders' then getvariable('churn_days') else 0 end) as known_from
  from ties
),
bounds as (
  select
    p.grain, p.period, p.start, m.wall as "end", m.last_day,
    cast(m.last_day - 364 as timestamp) as year_start
  from periods as p
  join moments as m on m.moment = p.moment
),
active as (
  select
    s.customer, s.owner, s.segment, s.first_opening.source as source, s.first_opening.campaign as campaign, b.grain, b.period, b.start, b."end", b.last_day, b.year_start,
    bool_or(s.from_time < b.start and s.to_time >= b.start) as was_active,
    bool_or(s.from_time < b."end" and s.to_time >= b."end") as is_active,
    bool_or(s.from_time < b.year_start and s.to_time >= b.year_start) as was_active_a_year_ago
  from spells as s
  join bounds as b on s.from_time < b."end" and s.to_time >= least(b.start, b.year_start)
  group by all
),
more as (
  select
    d.customer, b.grain, b.period,
    bool_or(d.kind = 'upsell') as has_upsell,
    bool_or(d.kind = 'cross_sell') as has_cross_sell
  from deals_base as d
  join bounds as b on d.closed_time >= b.start and d.closed_time < b."end"
  where d.status = 'won' and d.kind in ('upsell', 'cross_sell')
  group by all
)
select
  a.customer,
  a.grain,
  a.period,
  a.was_active,
  a.is_active,
  a.start >= h.known_from as is_known,
  coalesce(m.has_upsell, false) as has_upsell,
  coalesce(m.has_cross_sell, false) as has_cross_sell,
  a.was_active_a_year_ago,
  a.year_start >= h.known_from as is_year_known,
  try_cast(getvariable('gross_margin') as decimal(7, 4)) as margin,
  a.owner,
  a.segment,
  a.source,
  a.campaign,
  a.last_day as credit_day
from active as a
cross join history as h
left join more as m on m.customer = a.customer and m.grain = a.grain and m.period = a.period
where a.was_active or a.is_active or a.was_active_a_year_ago;
