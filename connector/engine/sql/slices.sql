-- Stretches of days that belong to the same periods, in every role. The end of an elapsed part may cut a day in two; that day is apart.
create or replace temp table whole_spans as
select
  no, role, start,
  cast(until as date) + case when role not in ('before', 'year_before') and until > date_trunc('day', until) then 1 else 0 end as "end"
from spans_of_periods
where until > start;

create or replace temp table cut_days as
select no, role, cast(until as date) as day, until
from spans_of_periods
where role in ('before', 'year_before') and until > start and until > date_trunc('day', until);

create or replace temp table slices_from as
select edge, row_number() over (order by edge) as slice
from (select start as edge from whole_spans union select "end" from whole_spans);

create or replace temp table slices_of_periods as
select
  s.no, s.role, f.slice,
  min(f.slice) over (partition by s.no, s.role) as "first",
  max(f.slice) over (partition by s.no, s.role) as "last"
from whole_spans as s
join slices_from as f on f.edge >= s.start and f.edge < s."end";

create or replace temp table numbered_periods as
select distinct getvariable('account') as account, no, grain, period from spans_of_periods;

create or replace temp table numbered_days as
select p.no, c.role, c.day
from calendar as c
join numbered_periods as p on p.grain = c.grain and p.period = c.period;

create or replace temp table slices as
select d.account, d.day, f.slice
from (select distinct account, day from calendar) as d
asof join slices_from as f on f.edge <= d.day;
