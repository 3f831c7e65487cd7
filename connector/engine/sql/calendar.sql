-- Which periods each day on which something happened belongs to, in each role.
create or replace temp table calendar as
with days as (
  select created_on as day from deals_base
  union
  select closed_on from deals_base
  union
  select expected_on from deals_base
  union
  select left_on from stays_base
  union
  select entered_on from passages_base
  union
  select unnest([created_on, answered_on, resolved_on]) from tickets_base
  union
  select unnest([sent_on, answered_on]) from surveys_base
  union
  select unnest([created_on, converted_on, assigned_on, answered_on]) from leads_base
  union
  select created_on from faults_base
)
select getvariable('account') as account, s.grain, s.period, s.role, d.day, s.until
from days as d
join spans_of_periods as s on d.day >= s.start and cast(d.day as timestamp) < s.until;
