-- Every stay of a deal in a stage. Where winning is not a stage, the close ends the last stay.
create or replace temp table stays_all as
select
  s.deal,
  d.kind,
  coalesce(s.pipeline, g.pipeline, d.pipeline) as pipeline,
  s.stage,
  g.position,
  coalesce(g.outcome, 'unknown') as outcome,
  g.probability,
  s.entered_at,
  coalesce(s.left_at, lead(s.entered_at) over turn, case when d.status in ('won', 'lost', 'cancelled') then d.closed_at end) as left_at,
  row_number() over turn as place,
  case when row_number() over turn = 1 then getvariable('first_us') else s.entered_at end as from_us,
  coalesce(lead(s.entered_at) over turn, getvariable('last_us')) as to_us
from crm.stage_changes as s
join crm.deals as d on d.id = s.deal and d.deleted_at is null
left join crm.stages as g on g.id = s.stage
where s.deleted_at is null
window turn as (partition by s.deal order by s.entered_at, try_cast(split_part(s.id, ':', -1) as integer), s.id);

-- The stays in open stages that ended.
create or replace temp table stays_done as
with timed as (
  select deal, kind, pipeline, stage, left_at, local_time(left_at) as left_time, wall_us(left_at) - wall_us(entered_at) as stay_us
  from stays_all
  where outcome = 'open' and left_at is not null
)
select * from timed where stay_us >= 0;
