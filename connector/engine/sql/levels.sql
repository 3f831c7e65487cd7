-- The deals open at each moment about which nothing had been done for long, and since when; none where no setting says what is long.
create or replace temp table silent as
with done as (
  select deal, contact, "at"
  from crm.activities
  where getvariable('stalled_days') > 0 and deleted_at is null and status = 'done' and not coalesce(is_automated, false)
    and "at" < getvariable('as_of')
),
-- What names no deal is about every deal of the person that it was done with.
acts as (
  select deal, "at" from done where deal is not null
  union all
  select d.id, a."at" from done as a join crm.deals as d on d.contact = a.contact where a.deal is null
),
last_ones as (
  select s.deal, s.moment, greatest(a."at", nullif(s.created_us, getvariable('first_us'))) as since_us
  from states as s
  asof left join acts as a on a.deal = s.deal and a."at" < s.moment
  where s.status = 'open' and getvariable('stalled_days') > 0
)
select l.deal, l.moment, l.since_us
from last_ones as l
join moments as m on m.moment = l.moment
where m.wall > local_time(l.since_us) + to_days(getvariable('stalled_days'));

-- The deals open at each moment, and the stays that ended.
create or replace temp table open_base as
select
  s.deal,
  d.kind,
  s.moment,
  m.level,
  s.home_amount,
  s.home_amount is null and s.amount is not null as is_unpriced,
  s.probability,
  coalesce(s.expected_on < m.today, false) as is_overdue,
  s.expected_on is null as is_undated,
  coalesce(epoch_us(m.wall) - wall_us(s.entered_us) > getvariable('stalled_factor') * b.median_us, false) as is_slow,
  q.deal is not null as is_silent,
  is_slow or is_silent as is_stalled,
  local_day(q.since_us) as silent_since,
  s.owner,
  s.pipeline,
  s.stage,
  d.segment,
  d.source,
  d.campaign,
  m.last_day as credit_day
from states as s
join moments as m on m.moment = s.moment
join deals_base as d on d.deal = s.deal
left join silent as q on q.deal = s.deal and q.moment = s.moment
left join benchmarks as b on b.stage = s.stage and b.moment = s.moment
where s.status = 'open';

create or replace temp table stays_base as
select
  s.deal,
  s.kind,
  s.stage,
  cast(s.left_time as date) as left_on,
  s.left_time,
  s.stay_us,
  d.owner,
  s.pipeline,
  d.segment,
  d.source,
  d.campaign,
  d.credit_day
from stays_done as s
join deals_base as d on d.deal = s.deal
where s.left_at < getvariable('as_of');
