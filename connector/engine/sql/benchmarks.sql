-- The usual length of a stay in each stage at each moment.
create or replace temp table benchmarks as
select s.stage, m.moment, median(s.stay_us) as median_us, count(*) as stays
from stays_done as s
join moments as m on s.left_at < m.moment
where s.kind <> 'renewal'
group by all;
