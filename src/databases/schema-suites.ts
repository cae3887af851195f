import { debug } from '../primitives/debug.js'
import { errorFields } from '../primitives/error-fields.js'
import { HotbedError } from '../primitives/error.js'
import { readOwner } from '../primitives/owner.js'
import type { Stopwatch } from '../primitives/stopwatch.js'
import { fillTemplate } from './fill-template.js'
import type { PostgresAccess } from './postgres-access.js'
import { describePostgres, type PostgresSuite, type PostgresSuites } from './postgres-suites.js'
import type { PostgresGroup } from './postgres-group.js'
import { createSideConnections } from './side-connections.js'
import { quoteIdentifier, quoteLiteral, type SqlClient } from './sql-client.js'
import { formatStamp, type StampKind } from './stamp.js'
import { createStoreControl } from './store-control.js'
import { sweepSchemas } from './sweep-shared.js'
import { withoutDataset, type TemplatePlan } from './template.js'

/**
 * Suites of a role that may not create databases: each has a schema of its own in the database of the URL, which comes first on the search path and is
 * filled anew for each. Names that are written out with another schema, extensions, settings and locks of the database are shared.
 */
export function createSchemaSuites(
  group: PostgresGroup,
  plan: TemplatePlan,
  nextNumber: () => number,
  stopwatch: Stopwatch,
): PostgresSuites {
  const { access } = group
  const { admin, server } = access
  const { database } = server.admin
  const prefix = (plan.definition.database ?? 'suite').toLowerCase().replaceAll(/[^a-z0-9_]/g, '_')
  let sweeping: Promise<unknown> | undefined

  const fill = async (schema: string): Promise<void> => {
    await admin.query(`CREATE SCHEMA ${quoteIdentifier(schema)}`)
    await stamp(access, schema, 'suite')
    await fillTemplate(inSchema(access, schema), plan, { database, schema }, stopwatch)
  }
  const drop = (schema: string): Promise<void> => dropSchema(admin, schema)
  return {
    open: async () => {
      sweeping ??= sweepSchemas(admin).catch((error: unknown) => debug('schemas not swept: %o', error))
      const schema = access.tenancy.nameDatabase(prefix, nextNumber())
      await fill(schema).catch(async (error: unknown) => {
        await drop(schema).catch(() => {})
        throw error
      })
      return openSuite(group, plan, { schema, database }, { fill, drop })
    },
    refill: () => {},
    close: async () => {
      await sweeping
    },
  }
}

interface SchemaWork {
  readonly fill: (schema: string) => Promise<void>
  readonly drop: (schema: string) => Promise<void>
}

function openSuite(
  group: PostgresGroup,
  plan: TemplatePlan,
  { schema, database }: { readonly schema: string; readonly database: string },
  { fill, drop }: SchemaWork,
): PostgresSuite {
  const access = inSchema(group.access, schema)
  const { server } = access
  const side = createSideConnections(access, database)
  const facts = { ...describePostgres(access, database), schema }
  let kept = false
  return {
    facts,
    tls: server.admin.tls,
    pid: () => server.pid,
    side,
    replicas: undefined,
    control: createStoreControl({
      store: 'postgres',
      server,
      restart: async () => {},
      setLimits: async () => {
        throw notInSchema('postgres.control.limit()', 'the limit is one of the whole database')
      },
    }),
    throwAways: {
      open: async () => {
        throw notInSchema('What is tried in a clone, as by proveFix() and adviseIndexes(),', 'it takes a database that is thrown away')
      },
      close: async () => {},
      closeAll: async () => {},
    },
    grow: async (rows) => {
      if (plan.dataset === undefined) throw withoutDataset('postgres.grow() continues')
      return plan.dataset.grow(facts, rows)
    },
    project: async () => [],
    weigh: async () => {
      throw notInSchema('postgres.weighValues()', 'it takes a database that is thrown away')
    },
    moveClock: async () => `not moved: ${'why' in server.clock ? server.clock.why : ''}`,
    lend: (use) => use(facts),
    reset: async () => {
      await drop(schema)
      await fill(schema)
    },
    keep: async () => {
      await stamp(group.access, schema, 'kept')
      kept = true
    },
    dispose: async () => {
      await side.close()
      if (!kept) await drop(schema)
    },
  }
}

/** The same server as seen from a schema. */
function inSchema(access: PostgresAccess, schema: string): PostgresAccess {
  return {
    ...access,
    connect: (login) => access.connect({ ...login, schema }),
    url: (login) => access.url({ ...login, schema }),
  }
}

const DROP_MS = 5_000
/** Sessions that have used a table of the schema in a transaction that is still open. */
const END_HOLDERS = `SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND l.pid <> pg_backend_pid()`

/** Drops a schema, ending whoever is in a transaction with it. Those that idle stay connected: the database is not the suite's. */
async function dropSchema(admin: SqlClient, schema: string): Promise<void> {
  await admin.query(END_HOLDERS, [schema])
  try {
    await admin.query(`BEGIN; SET LOCAL lock_timeout = '${DROP_MS}ms'; DROP SCHEMA IF EXISTS ${quoteIdentifier(schema)} CASCADE; COMMIT`)
  } catch (error) {
    await admin.query('ROLLBACK').catch(() => {})
    throw new HotbedError('ERR_HOTBED_CLONE', {
      message: `The schema '${schema}' could not be dropped: ${errorFields(error).message}`,
      remedy: `See who uses it: SELECT * FROM pg_stat_activity WHERE datname = current_database()`,
      cause: error,
    })
  }
}

async function stamp({ admin, tenancy }: PostgresAccess, schema: string, kind: StampKind): Promise<void> {
  const text = formatStamp({ kind, run: tenancy.run, owner: readOwner(), atMs: await readServerMs(admin) })
  await admin.query(`COMMENT ON SCHEMA ${quoteIdentifier(schema)} IS ${quoteLiteral(text)}`)
}

async function readServerMs(admin: SqlClient): Promise<number> {
  const { rows } = await admin.query('SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms')
  return Number(rows[0]?.['ms'])
}

function notInSchema(what: string, why: string): HotbedError {
  return new HotbedError('ERR_HOTBED_ISOLATION', {
    message: `${what} cannot be had in a suite that has a schema instead of a database: ${why}.`,
    remedy: "Let the role of the URL create databases (ALTER ROLE … CREATEDB), or use provider: 'embedded'.",
  })
}
