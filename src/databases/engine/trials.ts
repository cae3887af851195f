import type { ConnectedClient } from '../../servers/postgres/external/connect.js'
import { quoteIdentifier, quoteLiteral } from '../sql-client.js'
import type { Capability } from './capabilities.js'

/** What a trial works with. Names are of databases, or of a schema, that nobody else has. */
export interface TrialHost {
  readonly client: ConnectedClient
  readonly connect: (database?: string, options?: string) => Promise<ConnectedClient>
  readonly name: string
  readonly copy: string
  readonly stamp: string
}

/** Fails where the server cannot do it. */
type Trial = (host: TrialHost) => Promise<void>

/** What a trial takes. */
export const TAKES: Readonly<Partial<Record<Capability, Capability>>> = {
  comments: 'createDatabase',
  templates: 'createDatabase',
  copyFiles: 'templates',
  rename: 'createDatabase',
  connectionLimit: 'createDatabase',
  forcedDrop: 'createDatabase',
  searchPath: 'createSchema',
}

/** In this order: the later ones use what the earlier ones have made. */
export const TRIALS: readonly (readonly [Capability, Trial])[] = [
  ['createDatabase', async ({ client, name }) => void (await client.query(`CREATE DATABASE ${quoteIdentifier(name)}`))],
  [
    'comments',
    async ({ client, name, stamp }) => {
      await client.query(`COMMENT ON DATABASE ${quoteIdentifier(name)} IS ${quoteLiteral(stamp)}`)
      await expectValue(
        client,
        `SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = ${quoteLiteral(name)}`,
        stamp,
      )
    },
  ],
  [
    'templates',
    async ({ client, connect, name, copy, stamp }) => {
      await within(
        () => connect(name),
        (filled) => filled.query('CREATE TABLE probe AS SELECT 7 AS value'),
      )
      await client.query(`CREATE DATABASE ${quoteIdentifier(copy)} TEMPLATE ${quoteIdentifier(name)}`)
      await client.query(`COMMENT ON DATABASE ${quoteIdentifier(copy)} IS ${quoteLiteral(stamp)}`)
      await within(
        () => connect(copy),
        (cloned) => expectValue(cloned, 'SELECT value FROM probe', 7),
      )
    },
  ],
  [
    'copyFiles',
    async ({ client, name, copy }) => {
      await client.query(`DROP DATABASE ${quoteIdentifier(copy)}`)
      await client.query(`CREATE DATABASE ${quoteIdentifier(copy)} TEMPLATE ${quoteIdentifier(name)} STRATEGY FILE_COPY`)
    },
  ],
  [
    'rename',
    async ({ client, name }) => {
      await client.query(`ALTER DATABASE ${quoteIdentifier(name)} RENAME TO ${quoteIdentifier(`${name}_2`)}`)
      await client.query(`ALTER DATABASE ${quoteIdentifier(`${name}_2`)} RENAME TO ${quoteIdentifier(name)}`)
    },
  ],
  ['connectionLimit', async ({ client, name }) => void (await client.query(`ALTER DATABASE ${quoteIdentifier(name)} CONNECTION LIMIT 5`))],
  ['forcedDrop', async ({ client, name }) => void (await client.query(`DROP DATABASE ${quoteIdentifier(name)} WITH (FORCE)`))],
  [
    'createSchema',
    async ({ client, name }) => {
      await client.query(`CREATE SCHEMA ${quoteIdentifier(name)}`)
      await client.query(`COMMENT ON SCHEMA ${quoteIdentifier(name)} IS 'hotbed: probe'`)
    },
  ],
  [
    'searchPath',
    async ({ connect, name }) =>
      within(
        () => connect(undefined, `-c search_path=${name}`),
        (client) => expectValue(client, 'SELECT current_schema()', name),
      ),
  ],
  [
    'advisoryLocks',
    async ({ client, connect }) => {
      await expectValue(client, `SELECT pg_try_advisory_lock(${LOCK})`, true)
      await within(connect, (other) => expectValue(other, `SELECT pg_try_advisory_lock(${LOCK})`, false))
      await client.query(`SELECT pg_advisory_unlock(${LOCK})`)
    },
  ],
  [
    'sequences',
    async ({ client }) => {
      await client.query('CREATE TEMPORARY SEQUENCE probe_sequence')
      await client.query("SELECT nextval('probe_sequence')")
      await expectValue(client, "SELECT nextval('probe_sequence')::int", 2)
    },
  ],
  [
    'copyBinary',
    async ({ client }) => {
      await client.query('CREATE TEMPORARY TABLE probe (value int)')
      // node-postgres answers CopyInResponse with CopyFail: a server that gets as far has taken the statement.
      await client.query('COPY probe FROM STDIN (FORMAT binary)').catch((error: unknown) => {
        if (!/No source stream/.test(String(error))) throw error
      })
    },
  ],
  ['vacuum', async ({ client }) => void (await client.query('VACUUM (FREEZE, ANALYZE) probe'))],
  [
    'statistics',
    async ({ client }) => {
      await client.query('SELECT reltuples, relpages, relallvisible FROM pg_class LIMIT 1')
      await client.query('SELECT n_distinct, most_common_vals, histogram_bounds, correlation FROM pg_stats LIMIT 1')
    },
  ],
  [
    'explainJson',
    async ({ client }) => {
      const plan = await readValue(client, 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT 1')
      if (!/"Node Type":\s*"Result"/.test(JSON.stringify(plan))) throw new Error(`it answers ${JSON.stringify(plan).slice(0, 100)}`)
    },
  ],
  [
    'autoExplain',
    async ({ connect }) =>
      within(connect, async (client) => {
        const said: (string | undefined)[] = []
        client.on('notice', ({ message }) => said.push(message))
        // A superuser sets all of it, as hotbed does for its databases then; for others an administrator has to.
        const superuser = await readValue(client, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')
        if (superuser === true)
          await client.query("LOAD 'auto_explain'; SET auto_explain.log_level = info; SET auto_explain.log_format = json")
        await client.query('SET auto_explain.log_min_duration = 0')
        await client.query('SELECT 1')
        if (!said.some((message) => message?.includes('"Node Type"') === true)) throw new Error('no plan came')
      }),
  ],
  ['blockingPids', async ({ client }) => void (await client.query('SELECT pg_blocking_pids(pg_backend_pid())'))],
  [
    'endSessions',
    async ({ client, connect }) =>
      within(connect, async (other) => {
        const pid = await readValue(other, 'SELECT pg_backend_pid()')
        await expectValue(client, `SELECT pg_terminate_backend(${String(pid)})`, true)
      }),
  ],
  ['superuser', async ({ client }) => expectValue(client, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user', true)],
  [
    'grantSet',
    async ({ client }) => {
      await client.query('BEGIN')
      try {
        await client.query('GRANT SET ON PARAMETER log_statement TO CURRENT_USER')
      } finally {
        await client.query('ROLLBACK')
      }
    },
  ],
]

/** Any number that nobody else takes. */
const LOCK = 7_464_297_001

async function within<Result>(open: () => Promise<ConnectedClient>, work: (client: ConnectedClient) => Promise<Result>): Promise<void> {
  const client = await open()
  try {
    await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

async function readValue(client: ConnectedClient, sql: string): Promise<unknown> {
  const { rows } = await client.query<Record<string, unknown>>(sql)
  return Object.values(rows[0] ?? {})[0]
}

async function expectValue(client: ConnectedClient, sql: string, expected: unknown): Promise<void> {
  const found = await readValue(client, sql)
  if (found !== expected) throw new Error(`it answers ${JSON.stringify(found)}`)
}
