-- The first time that each deal entered each open stage, and what came of it. A stage that lies strictly between two stays, or between a
-- stay and being won, counts as entered and passed when it was jumped over.
create or replace temp table passages_base as
with been as (
  select * from stays_all where entered_at < getvariable('as_of')
),
closing as (
  select d.deal, d.status, d.closed_us from deals_base as d where d.closed_us is not null
),
moves as (
  select
    b.deal, b.pipeline, b.stage, b.position, b.outcome, b.entered_at, b.place,
    coalesce(lead(b.outcome) over turn, c.status) as next_outcome,
    lead(b.pipeline) over turn as next_pipeline,
    lead(b.position) over turn as next_position,
    coalesce(lead(b.entered_at) over turn, c.closed_us) as next_at
  from been as b
  left join closing as c on c.deal = b.deal
  window turn as (partition by b.deal order by b.place)
),
jumped as (
  select m.deal, g.pipeline, g.id as stage, g.position, m.next_at as entered_at
  from moves as m
  join crm.stages as g
    on g.pipeline = m.pipeline and g.deleted_at is null and g.outcome = 'open' and g.position > m.position
    and (m.next_outcome = 'won' or (m.next_outcome = 'open' and m.next_pipeline = m.pipeline and g.position < m.next_position))
  where m.outcome = 'open'
),
entries as (
  select deal, pipeline, stage, position, entered_at, false as is_jump from been where outcome = 'open'
  union all
  select deal, pipeline, stage, position, entered_at, true from jumped
),
firsts as (
  select
    deal, pipeline, stage, any_value(position) as position, min(entered_at) as entered_at,
    bool_or(is_jump) as was_jumped
  from entries
  group by deal, pipeline, stage
),
won as (
  select deal, max(next_at) as won_at from moves where next_outcome = 'won' group by all
),
onward as (
  select f.deal, f.stage, true as went_on
  from firsts as f
  join been as b on b.deal = f.deal and b.outcome = 'open' and b.pipeline = f.pipeline and b.position > f.position
    and b.entered_at >= f.entered_at
  group by all
),
judged as (
  select
    f.deal, f.pipeline, f.stage, local_time(f.entered_at) as entered_time,
    f.was_jumped or coalesce(o.went_on, false) or coalesce(w.won_at >= f.entered_at, false) as has_passed
  from firsts as f
  left join onward as o on o.deal = f.deal and o.stage = f.stage
  left join won as w on w.deal = f.deal
)
select
  j.deal,
  d.kind,
  j.stage,
  cast(j.entered_time as date) as entered_on,
  j.entered_time,
  j.has_passed,
  not j.has_passed and d.status = 'open' and d.stage = j.stage as is_still_in,
  d.owner,
  j.pipeline,
  d.segment,
  d.source,
  d.campaign,
  d.credit_day
from judged as j
join deals_base as d on d.deal = j.deal;
