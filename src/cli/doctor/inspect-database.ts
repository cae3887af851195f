import { createRun } from '../../databases/run.js'
import { HotbedError } from '../../primitives/error.js'
import { inspectCatalogue } from '../../schema-check/inspect-schema.js'
import type { SchemaInspection } from '../../schema-check/schema-inspection.js'
import { connectUrl } from '../connect-url.js'
import { loadStack } from '../start/load-stack.js'

/** An inspection, and of what. */
export interface InspectedDatabase {
  readonly origin: string
  readonly inspection: SchemaInspection
}

const TIMEOUT_MS = 60_000

/**
 * Inspects the schema of a database that is there already, or of what the migrations of this project make.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a project without Postgres; else as servers, migrations and the database say
 */
export async function inspectDatabase(url: string | undefined): Promise<InspectedDatabase> {
  return url === undefined ? inspectStack() : inspectUrl(url)
}

async function inspectUrl(url: string): Promise<InspectedDatabase> {
  const client = await connectUrl(url)
  try {
    const { rows } = await client.query("SELECT current_database() AS database, current_setting('server_version') AS version")
    const inspection = await inspectCatalogue(client, { use: undefined, superuser: undefined, timeoutMs: TIMEOUT_MS })
    return { origin: `database ${String(rows[0]?.['database'])}, Postgres ${String(rows[0]?.['version'])}`, inspection }
  } finally {
    await client.close()
  }
}

async function inspectStack(): Promise<InspectedDatabase> {
  const { stack, origin } = await loadStack({})
  const { postgres } = stack
  if (postgres === undefined) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `The stack of this project has no Postgres (${origin}).`,
      remedy: 'Name a database: hotbed doctor --schema --url postgres://…',
    })
  }
  const run = createRun({ spares: 0 })
  try {
    const { facts, verbs } = await run.openSuite({ postgres })
    try {
      const session = { query: (sql: string, values?: readonly unknown[]) => verbs.query(sql, values) }
      const inspection = await inspectCatalogue(session, { use: undefined, superuser: undefined, timeoutMs: TIMEOUT_MS })
      return { origin: `${origin}, Postgres ${facts.postgres?.version.text}`, inspection }
    } finally {
      await verbs.dispose()
    }
  } finally {
    await run.close()
  }
}
