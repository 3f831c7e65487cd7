-- The teams that each fact counts for: those its owner was in on the day it is credited.
create or replace temp table {base}_teams as
select distinct b.rowid as row, t.team
from {base} as b
join team_days as t on t.owner = b.owner and t.from_day <= b.credit_day and b.credit_day < t.to_day;
