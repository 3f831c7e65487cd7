-- Each fact's share of each product. An amount is split by the line items' amounts in whole ten-thousandths; what rounding leaves goes to
-- the largest remainders, so that the shares add up to the amount.
create or replace temp table {base}_shares as
with portions as (
  select
    b.rowid as row,
    w.product,
    w.whole,
    sign({amount}) as direction,
    cast(abs({amount}) * 10000 as hugeint) as units,
    cast(abs({amount}) * 10000 as hugeint) * cast(w.weight as hugeint) as scaled
  from {base} as b
  join product_weights as w on w.deal = b.deal
),
parts as (
  select
    row, product, direction, units,
    scaled // cast(whole as hugeint) as part,
    row_number() over (partition by row order by scaled % cast(whole as hugeint) desc, product) as turn,
    units - sum(scaled // cast(whole as hugeint)) over (partition by row) as left_over
  from portions
)
select
  row,
  product,
  cast(cast(direction * (part + case when turn <= left_over then 1 else 0 end) as decimal(22, 0)) * cast(0.0001 as decimal(5, 4)) as decimal(22, 4))
    as amount
from parts;
