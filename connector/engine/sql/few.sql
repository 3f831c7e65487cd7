-- The deals that the fields of the asked records hang on: themselves, their company's, and those that a user owns, ever owned or shares.
create or replace temp table few_deals as
with people as (
  select u.id from crm.users as u join asked as a on a.entity = 'users' and (a.id = u.id or a.id = u.record)
),
companies as (
  select id from asked where entity = 'companies'
),
owned as (
  select record as id from crm.field_history
  where "of" = 'deals' and field = 'owner' and (old in (select id from people) or new in (select id from people))
)
select d.id, d.company, d.contact
from crm.deals as d
where d.id in (select id from asked where entity = 'deals')
  or d.company in (select id from companies)
  or d.owner in (select id from people)
  or d.id in (select id from owned)
  or d.id in (select deal from crm.deal_splits where owner in (select id from people));
