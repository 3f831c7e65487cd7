-- What every deal was like at every moment that is asked for. A change counts from the instant after it: at a moment T, all that happened
-- before T has happened.

-- How long each value of a deal's fields held: after `from_us`, up to and including `to_us`.
create or replace temp table spans as
with changes as (
  select
    record as deal, field, old, new, "at",
    row_number() over turn as place,
    lead("at") over turn as next_at
  from crm.field_history
  where "of" = 'deals' and deleted_at is null
  window turn as (partition by record, field order by "at", try_cast(split_part(id, ':', -1) as integer), id)
)
select deal, field, getvariable('first_us') as from_us, "at" as to_us, old as value from changes where place = 1
union all
select deal, field, "at", coalesce(next_at, getvariable('last_us')), new from changes;

create or replace temp table states as
with born as (
  select d.*, coalesce(d.created_at, s.entered_at, getvariable('first_us')) as created_us
  from crm.deals as d
  left join stays_all as s on s.deal = d.id and s.place = 1
  where d.deleted_at is null
),
retold as (
  select distinct deal from spans where field = 'status'
),
-- Where every deal was, and until when it may have been open there: most deals are closed at most moments, and need not be looked at.
places as (
  select
    b.id as deal, b.created_us, s.pipeline, s.stage, s.entered_at, s.outcome, s.probability, s.deal is not null as is_stay,
    greatest(b.created_us, coalesce(s.from_us, getvariable('first_us'))) as after_us,
    coalesce(s.to_us, getvariable('last_us')) as to_us,
    case
      when r.deal is not null or b.status = 'open' then getvariable('last_us')
      when b.status is not null then coalesce(b.closed_at, getvariable('first_us'))
      when coalesce(s.outcome, g.outcome) = 'open' then getvariable('last_us')
      when s.deal is null then coalesce(b.closed_at, getvariable('first_us'))
      else getvariable('first_us')
    end as open_until
  from born as b
  left join stays_all as s on s.deal = b.id
  left join crm.stages as g on g.id = b.stage
  left join retold as r on r.deal = b.id
),
open_ones as (
  select *, least(to_us, open_until) as until_us from places where least(to_us, open_until) > after_us
),
-- A row for each moment, by its number: a join by time would put the rows in the order of time, and what is looked up for a deal would lie
-- somewhere else for each of them.
met as (
  select p.* exclude (until_us, met_level), m.moment, m.last_day
  from (select *, unnest(range(moments_by(after_us), moments_by(until_us))) as met_level from open_ones) as p
  join moments as m on m.level = p.met_level
  union all
  select p.*, m.moment, m.last_day
  from places as p
  join moments as m on m.moment = getvariable('as_of') and m.moment > greatest(p.after_us, p.open_until) and m.moment <= p.to_us
),
-- What a deal's fields held is asked for while it may have been open, and at the moment of the measurement: its history goes from the beginning
-- to the end of all time.
lives as (
  select deal, min(after_us) as after_us, max(least(to_us, open_until)) as until_us
  from places
  semi join spans using (deal)
  group by all
),
held as (
  select s.deal, s.field, s.value, greatest(s.from_us, l.after_us) as from_us, least(s.to_us, l.until_us) as to_us
  from spans as s
  join lives as l using (deal)
  where greatest(s.from_us, l.after_us) < least(s.to_us, l.until_us)
  union all
  select s.deal, s.field, s.value, getvariable('as_of') - 1, getvariable('as_of')
  from spans as s
  join lives as l using (deal)
  where l.until_us < getvariable('as_of') and s.from_us < getvariable('as_of') and getvariable('as_of') <= s.to_us
),
known as (
  select
    h.deal,
    m.moment,
    bool_or(h.field = 'owner') as has_owner,
    max(h.value) filter (where h.field = 'owner') as owner,
    bool_or(h.field = 'home_amount') as has_home,
    max(h.value) filter (where h.field = 'home_amount') as home,
    bool_or(h.field = 'amount') as has_amount,
    max(h.value) filter (where h.field = 'amount') as amount,
    bool_or(h.field = 'expected_close_on') as has_expected,
    max(h.value) filter (where h.field = 'expected_close_on') as expected,
    bool_or(h.field = 'closed_at') as has_closed,
    max(h.value) filter (where h.field = 'closed_at') as closed,
    bool_or(h.field = 'status') as has_status,
    max(h.value) filter (where h.field = 'status') as status,
    bool_or(h.field = 'probability') as has_probability,
    max(h.value) filter (where h.field = 'probability') as probability
  from (select *, unnest(range(moments_by(from_us), moments_by(to_us))) as met_level from held) as h
  join moments as m on m.level = h.met_level
  group by all
),
standing as (
  select
    b.deal,
    b.created_us,
    b.moment,
    d.closed_at,
    d.status as status_now,
    -- Without its stages, all that is known of a closed deal's past is that it was open before the close.
    coalesce(not b.is_stay and coalesce(d.status, g.outcome) <> 'open' and d.closed_at >= b.moment, false) as is_before_close,
    case when not (is_before_close and g.outcome <> 'open') then coalesce(b.stage, d.stage) end as known_stage,
    coalesce(b.pipeline, d.pipeline) as pipeline,
    known_stage as stage,
    b.entered_at as entered_us,
    b.to_us = getvariable('last_us') as is_present,
    coalesce(b.outcome, g.outcome, 'unknown') as outcome,
    case when b.is_stay then b.probability when known_stage is not null then g.probability end as stage_probability,
    case when not is_before_close then d.probability end as deal_probability,
    case when k.has_owner then k.owner else d.owner end as owner,
    case
      when is_by_rate(d.amount, d.currency) then null
      when k.has_home then try_cast(k.home as decimal(22, 4))
      when k.has_amount and d.amount is not distinct from d.home_amount then try_cast(k.amount as decimal(22, 4))
      else d.home_amount
    end as home_amount,
    case when k.has_amount then try_cast(k.amount as decimal(22, 4)) else d.amount end as amount,
    d.currency,
    b.last_day,
    case when k.has_expected then try_cast(k.expected as date) else d.expected_close_on end as expected_on,
    case when k.has_closed then epoch_us(try_cast(k.closed as timestamptz)) end as closed_then,
    case
      when k.has_status then k.status
      when is_before_close or d.status <> 'open' and d.closed_at >= b.moment then 'open'
      else d.status
    end as status_then,
    k.has_probability,
    try_cast(k.probability as decimal(7, 4)) as probability_then
  from met as b
  join crm.deals as d on d.id = b.deal
  left join crm.stages as g on g.id = d.stage
  left join known as k on k.deal = b.deal and k.moment = b.moment
),
judged as (
  select *, coalesce(status_then, outcome) as status from standing
),
closing as (
  select
    *,
    case
      when status not in ('won', 'lost', 'cancelled') then null
      when closed_then is not null then closed_then
      when is_present then coalesce(closed_at, case when outcome <> 'open' then entered_us end)
      when outcome = status then entered_us
      else closed_at
    end as closed_us
  from judged
  where status = 'open' or moment = getvariable('as_of')
),
-- Where the CRM tells no home amount, the amount counts at the rate of the day of the close (of an open deal: of the moment), else at the
-- last one before it.
rates as (
  select currency, "day", try_cast(rate as decimal(20, 10)) as rate from crm.fx_rates where deleted_at is null
),
foreign_ones as (
  select deal, moment, currency, amount, coalesce(local_day(closed_us), last_day) as rate_day
  from closing
  where home_amount is null and amount is not null and currency is not null
),
priced as (
  select f.deal, f.moment, cast(cast(f.amount as decimal(18, 4)) * r.rate as decimal(22, 4)) as home_amount
  from foreign_ones as f
  asof join rates as r on r.currency = f.currency and r."day" <= f.rate_day
)
select
  c.deal,
  c.moment,
  created_us,
  pipeline,
  stage,
  entered_us,
  owner,
  status,
  coalesce(c.home_amount, p.home_amount) as home_amount,
  amount,
  expected_on,
  cast(case
    when has_probability then coalesce(probability_then, stage_probability)
    when is_present then coalesce(deal_probability, stage_probability)
    else stage_probability
  end as decimal(7, 4)) as probability,
  closed_us
from closing as c
left join priced as p on p.deal = c.deal and p.moment = c.moment;
