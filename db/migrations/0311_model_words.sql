-- The model of a company's choice may propose words to who writes contents, too, or that alone; off until an admin says so.

alter table voices.model add column suggests boolean not null default false;
alter table voices.model drop constraint model_asks_ck;
alter table voices.model add constraint model_asks_ck check (asks in ('none', 'unclear', 'all'));
grant select (suggests) on voices.model to entregent_member;
