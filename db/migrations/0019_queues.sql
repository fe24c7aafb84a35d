-- A cause knows its queue, so that the job that is made again for it stands in the same one: of one queue only one job runs at a time.
alter table kernel.outbox add column queue text;
do $$
begin
  -- A backup brings causes without jobs.
  if to_regclass('graphile_worker._private_jobs') is not null then
    update kernel.outbox o set queue = q.queue_name
    from graphile_worker._private_jobs j join graphile_worker._private_job_queues q on q.id = j.job_queue_id
    where j.key = o.outbox_id::text;
  end if;
end $$;

-- For a cause whose job may be lost. A job that waits or runs, in this process or another, is left alone: to add it again
-- would take it out of its queue, or start it a second time beside the one that runs. One that was given up is tried again.
create function kernel.wake_again(workspace uuid, outbox uuid, task text, queue text, delay_seconds int) returns void
  language plpgsql security definer set search_path = pg_catalog
as $$
begin
  perform graphile_worker.reschedule_jobs(array_agg(id), run_at => now(), attempts => 0) from graphile_worker._private_jobs
  where key = outbox::text and attempts >= max_attempts and locked_at is null;
  perform graphile_worker.add_job(task, json_build_object('workspaceId', workspace, 'outboxId', outbox), queue_name => queue,
    run_at => now() + make_interval(secs => delay_seconds), job_key => outbox::text, max_attempts => 5,
    job_key_mode => 'unsafe_dedupe');
end $$;
revoke all on function kernel.wake_again(uuid, uuid, text, text, int) from public;
grant execute on function kernel.wake_again(uuid, uuid, text, text, int) to entregent_keeper;

-- The key of a request of several transactions is taken before the first and its answer kept after the last.
grant update (status, body), delete on kernel.idempotent_answer to entregent_member;
