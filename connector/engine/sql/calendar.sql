-- Which periods each day on which something happened belongs to, in each role.
create or replace temp table calendar as
with days as ({days})
select getvariable('account') as account, s.grain, s.period, s.role, d.day, s.until
from days as d
join spans_of_periods as s on d.day >= s.start and cast(d.day as timestamp) < s.until;
