-- One schema for PostgreSQL and for H2 in its PostgreSQL mode. Times are milliseconds since 1970, unless they say
-- otherwise. Lists of tags are JSON arrays.

-- What Metaflow's clients register. The mf_ tables hold nothing that Millrace decides by.

create table mf_flow (
  flow_id varchar(255) not null primary key,
  user_name varchar,
  ts_epoch bigint not null,
  tags varchar not null,
  system_tags varchar not null
);

-- Numbers for the runs and tasks whose clients bring no id of their own.
create sequence mf_run_number;
create sequence mf_task_number;

create table mf_run (
  run_key bigint not null primary key,
  flow_id varchar(255) not null references mf_flow (flow_id),
  -- As clients see it: the one they brought, or run_key in digits.
  run_id varchar(255) not null,
  user_name varchar,
  ts_epoch bigint not null,
  tags varchar not null,
  system_tags varchar not null,
  -- In seconds, as Metaflow's services have it.
  last_heartbeat_ts bigint,
  unique (flow_id, run_id)
);

-- For what is told of a run by its id alone.
create index mf_run_by_id on mf_run (run_id);

create table mf_step (
  run_key bigint not null references mf_run (run_key),
  step_name varchar(255) not null,
  user_name varchar,
  ts_epoch bigint not null,
  primary key (run_key, step_name)
);

create table mf_task (
  task_key bigint not null primary key,
  run_key bigint not null,
  step_name varchar(255) not null,
  -- As clients see it: the one they brought, or task_key in digits.
  task_id varchar(255) not null,
  user_name varchar,
  ts_epoch bigint not null,
  -- In seconds.
  last_heartbeat_ts bigint,
  unique (run_key, step_name, task_id),
  foreign key (run_key, step_name) references mf_step (run_key, step_name)
);

create table mf_artifact (
  task_key bigint not null references mf_task (task_key),
  attempt_id integer not null,
  name varchar(255) not null,
  location varchar,
  ds_type varchar,
  sha varchar,
  type varchar,
  content_type varchar,
  user_name varchar,
  ts_epoch bigint not null,
  primary key (task_key, attempt_id, name)
);

create table mf_metadata (
  id bigint generated always as identity primary key,
  task_key bigint not null references mf_task (task_key),
  field_name varchar(255) not null,
  field_value varchar,
  type varchar,
  user_name varchar,
  ts_epoch bigint not null,
  tags varchar not null,
  -- Of what the client sent: a request that it repeats adds nothing.
  digest varchar(64) not null,
  unique (task_key, digest)
);

create index mf_metadata_by_field on mf_metadata (task_key, field_name, id);

-- What became of Millrace's own runs, from the public events.

-- How far the events are read, in the same transaction as what follows from them.
create table event_position (
  partition_number integer not null primary key,
  next_offset bigint not null
);

create table run_history (
  run_id varchar(63) not null primary key,
  flow varchar(255) not null,
  -- The flow's name@sha256.
  definition varchar(400) not null,
  state varchar(20) not null,
  message varchar,
  -- A JSON object, or null where the start was not seen.
  parameters varchar,
  started_at bigint not null,
  changed_at bigint not null,
  ended_at bigint
);

create index run_history_by_start on run_history (started_at, run_id);
create index run_history_by_flow on run_history (flow, started_at, run_id);

create table task_history (
  run_id varchar(63) not null,
  task_id varchar(255) not null,
  step varchar(255) not null,
  -- The last one that anything was told of.
  attempt integer not null,
  state varchar(20) not null,
  -- A JSON object; null unless the attempt failed.
  cause varchar,
  message varchar,
  started_at bigint not null,
  changed_at bigint not null,
  primary key (run_id, task_id)
);
