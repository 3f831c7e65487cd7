-- Microseconds UTC read on the account's own clock. How far it is ahead of UTC is written out, which is ten times as fast as to ask for it
-- row by row; so is whatever stands for `us`, which should be a column therefore.
create or replace temp macro wall_us(us) as us + {ahead};
create or replace temp macro local_time(us) as make_timestamp(wall_us(us));
create or replace temp macro local_day(us) as cast(local_time(us) as date);
-- Whether a text is one of those that a setting lists.
create or replace temp macro is_listed(word, setting) as list_contains(string_split(getvariable(setting), chr(31)), word) and word <> '';
-- Whether an amount is worth what an exchange rate says, whatever the CRM does.
create or replace temp macro is_by_rate(amount, currency) as
  getvariable('by_rate') and amount is not null and getvariable('home') <> '' and coalesce(currency not in ('', getvariable('home')), false);
-- The working time from the beginning up to an instant, by the last span of `working` that began by then.
create or replace temp macro worked_until(span, us) as coalesce(span.before_us + least(us, span.closes_us) - span.opens_us, 0);
