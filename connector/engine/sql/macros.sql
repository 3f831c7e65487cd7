-- Microseconds UTC read on the account's own clock.
create or replace temp macro local_time(us) as timezone(getvariable('zone'), make_timestamptz(us));
create or replace temp macro local_day(us) as cast(local_time(us) as date);
create or replace temp macro wall_us(us) as epoch_us(local_time(us));
-- Whether a text is one of those that a setting lists.
create or replace temp macro is_listed(word, setting) as list_contains(string_split(getvariable(setting), chr(31)), word) and word <> '';
-- Whether an amount is worth what an exchange rate says, whatever the CRM does.
create or replace temp macro is_by_rate(amount, currency) as
  getvariable('by_rate') and amount is not null and getvariable('home') <> '' and coalesce(currency not in ('', getvariable('home')), false);
-- The working time from the beginning up to an instant, by the last span of `working` that began by then.
create or replace temp macro worked_until(span, us) as coalesce(span.before_us + least(us, span.closes_us) - span.opens_us, 0);
