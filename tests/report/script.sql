-- Upgrade plan 0123456789ab for db1.example.org/nova, schema public, anydb 18.4.
-- Run it with: psql --no-psqlrc --file=SCRIPT DATABASE
-- It does what db-expand, db-migrate and db-contract do, without their care: nothing is counted
-- first, no lock is tried for twice, a fill is one statement, and the journal knows nothing of it.
-- Run each phase by itself, when its heading says so. Stop at the first error.

\set ON_ERROR_STOP on
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('datestyle', 'ISO', false), pg_catalog.set_config('intervalstyle', 'postgres', false), pg_catalog.set_config('standard_conforming_strings', 'on', false);
SELECT pg_catalog.set_config(s.name, g.value, false) FROM (VALUES
    ('statement_timeout', '0'), ('transaction_timeout', '0'), ('idle_session_timeout', '0'),
    ('default_transaction_isolation', 'read committed'), ('row_security', 'off')
) AS g (name, value) JOIN pg_catalog.pg_settings s ON s.name = g.name;


-- EXPAND, while release A runs; B may start when it is done.

-- 1. public.instance_actions/create: create table instance_actions
--    lock: none
SET lock_timeout = 1000;
CREATE TABLE instance_actions (
  id integer
);

-- 2. public.instances.ix_project/build: build index ix_project over (project_id)
--    lock: SHARE UPDATE EXCLUSIVE: other schema changes wait, readers and writers go on
SET lock_timeout = 0;
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY ix_project ON instances (project_id);


-- MIGRATE, while A and B run.

-- 3. public.instances.uuid/fill: fill uuid where it is NULL
--    one statement for all rows: db-migrate goes chunk by chunk
SET lock_timeout = 1000;
UPDATE "public"."instances" SET "uuid" = (gen_random_uuid()) WHERE "uuid" IS NULL;


-- CONTRACT, when no A runs any more.

-- 4. public.instances.uuid/enforce: make uuid NOT NULL
--    blocks-writers: others wait for the whole run, forecast to stay within the lock budget
--    lock: ACCESS EXCLUSIVE: readers and writers wait for the whole run
BEGIN;
ALTER TABLE instances ALTER uuid SET NOT NULL;
SELECT (SELECT 0 UNION ALL SELECT 1 FROM (SELECT 1 FROM instances WHERE uuid IS NULL) AS q) AS none;
COMMIT;

-- 5. public.instances.rack/drop: drop column rack
--    data-loss: what the rows hold here is lost
--    lock: ACCESS EXCLUSIVE: readers and writers wait for a moment; also on public.hosts
ALTER TABLE instances DROP COLUMN rack;

-- Then db-adopt --release NAME records who owns the schema now.
