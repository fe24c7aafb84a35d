-- Job rows are the queue library's; this is the only way to them for requests. The job's key is the outbox row's id, so that
-- waking twice makes one job.
create function kernel.wake_worker(workspace uuid, outbox uuid, task text, queue text, delay_seconds int) returns void
  language plpgsql security definer set search_path = pg_catalog
as $$
begin
  perform graphile_worker.add_job(task, json_build_object('workspaceId', workspace, 'outboxId', outbox), queue_name => queue,
    run_at => now() + make_interval(secs => delay_seconds), job_key => outbox::text, max_attempts => 5);
end $$;
revoke all on function kernel.wake_worker(uuid, uuid, text, text, int) from public;
grant execute on function kernel.wake_worker(uuid, uuid, text, text, int) to entregent_member, entregent_keeper, entregent_identity;
