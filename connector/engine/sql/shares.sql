-- The share of each {member} in every amount that a deal has or had. An amount is split by weights (line items' amounts, owners' shares) in
-- whole ten-thousandths; what rounding leaves goes to the largest remainders, so that the shares add up to the amount. Whoever is alone has all.
create or replace temp table {shares} as
with amounts as ({amounts}),
portions as (
  select
    a.deal,
    a.home_amount,
    w.{member},
    w.whole,
    sign(a.home_amount) as direction,
    cast(abs(a.home_amount) * 10000 as hugeint) as units,
    cast(abs(a.home_amount) * 10000 as hugeint) * cast(w.weight as hugeint) as scaled
  from amounts as a
  join {weights} as w on w.deal = a.deal and not w.is_alone
),
parts as (
  select
    deal, home_amount, {member}, direction, units,
    scaled // cast(whole as hugeint) as part,
    row_number() over (partition by deal, home_amount order by scaled % cast(whole as hugeint) desc, {member}) as turn,
    units - sum(scaled // cast(whole as hugeint)) over (partition by deal, home_amount) as left_over
  from portions
)
select
  deal,
  home_amount,
  {member},
  cast(cast(direction * (part + case when turn <= left_over then 1 else 0 end) as decimal(22, 0)) * cast(0.0001 as decimal(5, 4)) as decimal(22, 4))
    as share
from parts
union all
select a.deal, a.home_amount, w.{member}, a.home_amount
from amounts as a
join {weights} as w on w.deal = a.deal and w.is_alone;
