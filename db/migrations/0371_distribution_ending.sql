-- Whom an endpoint is for is not there any more: who was told of somebody hears that they are withdrawn before it ends.
alter table distribution.endpoint add column ending_at timestamptz;
grant select (ending_at) on distribution.endpoint to entregent_member;
