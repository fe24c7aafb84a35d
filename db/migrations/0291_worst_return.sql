-- Of several reports on one message the worst holds: 0 it passes, 1 the message was refused for good, 2 the address is dead.
-- Of those that are there the status tells.

alter table outreach.bounce add column rank smallint not null default 0;
update outreach.bounce set rank = case when counts then 0 when status like '5.7.%' or status like '5.3.%' or status like '5.6.%' then 1 else 2 end;
