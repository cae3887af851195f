import type { SuiteVerbs } from '../databases/suite-parts.js'
import { quoteName } from '../primitives/sql-name.js'
import { gatherQueues, PLACES, type PlacedJob } from './placed-jobs.js'
import type { QueueState } from './queue-snapshot.js'

type Query = SuiteVerbs['query']

/** Schemas with the tables of pg-boss, 10 or later: `pgboss`, unless it was told otherwise. */
export async function findPgBossSchemas(query: Query): Promise<readonly string[]> {
  const { rows } = await query(
    `SELECT n.nspname AS schema FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relname = 'job' AND EXISTS (SELECT FROM pg_type t WHERE t.typnamespace = n.oid AND t.typname = 'job_state')
       AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'retry_count')
       AND EXISTS (SELECT FROM pg_class q WHERE q.relnamespace = n.oid AND q.relname = 'queue')
     ORDER BY 1`,
    undefined,
  )
  return rows.map(({ schema }) => String(schema))
}

/** Queues of its own upkeep (`__pgboss__send-it`) only where something is in them. */
export async function readPgBossQueues(query: Query, schema: string): Promise<readonly QueueState[]> {
  const { rows } = await query(readJobs(quoteName(schema)), undefined)
  return gatherQueues(rows as unknown as readonly PlacedJob[], { library: 'pg-boss', place: schema, keepsCompleted: true })
}

/** A job that has been started counts the attempts before this one in `retry_count`, which rises when it is fetched again. */
function readJobs(schema: string): string {
  return `
WITH states AS (
  SELECT name, id, retry_count, retry_limit, started_on, start_after, created_on, data, output,
    CASE state::text
      WHEN 'created' THEN CASE WHEN start_after > now() THEN 'delayed' ELSE 'waiting' END
      WHEN 'retry' THEN 'retrying'
      ELSE state::text
    END AS state
  FROM ${schema}.job
), placed AS (
  SELECT *, count(*) OVER (PARTITION BY name, state) AS total,
    row_number() OVER (PARTITION BY name, state ORDER BY created_on, id) AS place
  FROM states
), changes AS (
  SELECT name, started_on AS at, 1 AS step FROM ${schema}.job WHERE started_on IS NOT NULL
  UNION ALL SELECT name, completed_on, -1 FROM ${schema}.job WHERE started_on IS NOT NULL AND completed_on IS NOT NULL
), peaks AS (
  SELECT name, max(active) AS peak FROM (SELECT name, sum(step) OVER (PARTITION BY name ORDER BY at, step) AS active FROM changes) running GROUP BY name
)
SELECT q.name AS queue, p.state, p.id::text AS id,
  (CASE WHEN p.started_on IS NULL THEN 0 WHEN p.state = 'active' THEN p.retry_count ELSE p.retry_count + 1 END)::int AS attempts_made,
  (p.retry_limit + 1)::int AS attempts_allowed,
  (extract(epoch FROM p.start_after - now()) * 1000)::float8 AS due_in_ms,
  coalesce(p.output->>'message', p.output#>>'{value,message}', p.output->>'value', left(p.output::text, 200)) AS reason,
  left(p.data::text, 200) AS data, p.total::int AS total,
  coalesce(k.peak, 0)::int AS peak_active
FROM ${schema}.queue q LEFT JOIN peaks k ON k.name = q.name
  LEFT JOIN placed p ON p.name = q.name AND p.place <= CASE p.state WHEN 'completed' THEN 1 WHEN 'cancelled' THEN 1 ELSE ${PLACES} END
WHERE p.id IS NOT NULL OR q.name NOT LIKE '\\_\\_pgboss\\_\\_%'
ORDER BY q.name, p.place`
}
