-- The archive: plans and what became of them. Times are ms since 1970, Redis time. Money is numeric, exact. Payloads are the
-- JSON text as it was written (type json keeps it to the letter); decimals in it carry the suffix d ("0.429d").

create table plans (
  id text primary key,
  account text not null,
  symbol text not null,
  position_idx smallint not null,
  accepted_at_ms bigint not null,
  closed_at_ms bigint,
  plan json not null
);
create index plans_active on plans (account, symbol, position_idx) where closed_at_ms is null;

-- The latest state of each monitor and lane.
create table lane_states (
  monitor_id text not null,
  lane text not null,
  version bigint not null,
  at_ms bigint not null,
  state json not null,
  primary key (monitor_id, lane)
);

-- side to fee are null where the exchange's row had another shape than this version knows.
create table executions (
  account text not null,
  exec_id text not null,
  symbol text not null,
  seq bigint not null,
  at_ms bigint not null,
  monitor_ids json not null,
  order_link_id text,
  side text,
  price numeric,
  qty numeric,
  fee numeric,
  execution json not null,
  primary key (account, exec_id)
);
create index executions_by_time on executions (account, at_ms);

create table decisions (
  id text primary key,
  monitor_id text not null,
  lane text not null,
  version bigint not null,
  at_ms bigint not null,
  decision json not null
);
create index decisions_by_monitor on decisions (monitor_id, at_ms);

-- What happened, told once. Entries of a type or shape that this version does not know are kept here as they came.
create table events (
  id text primary key,
  monitor_id text,
  account text,
  symbol text,
  lane text,
  type text not null,
  at_ms bigint not null,
  event json not null
);
create index events_by_monitor on events (monitor_id, at_ms);
create index events_by_time on events (at_ms);

-- The letters of this installation in every orderLinkId: they outlive a loss of Redis, so that working orders are known again.
create table installation (
  only_row boolean primary key default true check (only_row),
  letters text not null
);

-- How far each bucket's outbox is in here. The row is locked while its bucket is drained: one drainer at a time. Another nonce
-- means another stream, which starts over.
create table outbox_offsets (
  bucket integer primary key,
  nonce text not null,
  last_id text not null
);
