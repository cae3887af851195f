import type { SuiteVerbs } from '../databases/suite-parts.js'
import { quoteName } from '../primitives/sql-name.js'
import { gatherQueues, PLACES, type PlacedJob } from './placed-jobs.js'
import type { QueueState } from './queue-snapshot.js'

type Query = SuiteVerbs['query']

/** Schemas with the tables of graphile-worker, 0.14 or later: `graphile_worker`, unless it was told otherwise. */
export async function findGraphileWorkerSchemas(query: Query): Promise<readonly string[]> {
  const { rows } = await query(
    `SELECT n.nspname AS schema FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relname = '_private_jobs' AND EXISTS (SELECT FROM pg_class t WHERE t.relnamespace = n.oid AND t.relname = '_private_tasks')
     ORDER BY 1`,
    undefined,
  )
  return rows.map(({ schema }) => String(schema))
}

/** One for each task. Jobs that are done are deleted by the library, so nobody can say how many there were. */
export async function readGraphileWorkerQueues(query: Query, schema: string): Promise<readonly QueueState[]> {
  const { rows } = await query(readJobs(quoteName(schema)), undefined)
  return gatherQueues(rows as unknown as readonly PlacedJob[], { library: 'graphile-worker', place: schema, keepsCompleted: false })
}

/** `attempts` rises when a job is fetched. One that has none left stays in the table, and is fetched no more. */
function readJobs(schema: string): string {
  return `
WITH states AS (
  SELECT *,
    CASE
      WHEN locked_at IS NOT NULL THEN 'active'
      WHEN attempts >= max_attempts THEN 'failed'
      WHEN attempts > 0 THEN 'retrying'
      WHEN run_at > now() THEN 'delayed'
      ELSE 'waiting'
    END AS state
  FROM ${schema}._private_jobs
), placed AS (
  SELECT *, count(*) OVER (PARTITION BY task_id, state) AS total,
    row_number() OVER (PARTITION BY task_id, state ORDER BY created_at, id) AS place
  FROM states
)
SELECT t.identifier AS queue, p.state, p.id::text AS id,
  (p.attempts - CASE WHEN p.state = 'active' THEN 1 ELSE 0 END)::int AS attempts_made, p.max_attempts::int AS attempts_allowed,
  (extract(epoch FROM p.run_at - now()) * 1000)::float8 AS due_in_ms, p.last_error AS reason, left(p.payload::text, 200) AS data, p.total::int AS total,
  NULL::int AS peak_active
FROM ${schema}._private_tasks t LEFT JOIN placed p ON p.task_id = t.id AND p.place <= ${PLACES}
ORDER BY t.identifier, p.place`
}
