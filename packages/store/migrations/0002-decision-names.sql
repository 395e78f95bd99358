-- Decisions by the name that people type (monitor-t0-17). Earlier ones have none. It is not unique: where Redis lost its last
-- second, a version may have been decided twice.
alter table decisions add column name text;
create index decisions_by_name on decisions (name, at_ms) where name is not null;
