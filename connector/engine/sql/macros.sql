-- Microseconds UTC read on the account's own clock.
create or replace temp macro local_time(us) as timezone(getvariable('zone'), make_timestamptz(us));
create or replace temp macro local_day(us) as cast(local_time(us) as date);
create or replace temp macro wall_us(us) as epoch_us(local_time(us));
