import type { Stopwatch } from '../primitives/stopwatch.js'
import { createExtensions } from './extensions.js'
import { runStep } from './migrations/run-step.js'
import type { Login, PostgresAccess } from './postgres-access.js'
import { quoteIdentifier, type SqlClient } from './sql-client.js'
import { templateSteps, type PostgresDefinition } from './stack.js'
import type { TemplatePlan } from './template.js'

/** A new database, or a new schema in one. */
type Place = Omit<Login, 'role'>

/** Fills a new database: extensions, migrations, seed, VACUUM (FREEZE, ANALYZE), dataset. */
export async function fillTemplate(access: PostgresAccess, plan: TemplatePlan, place: Place, stopwatch: Stopwatch): Promise<void> {
  const { definition, dataset } = plan
  const superuser = await access.connect({ ...place, role: 'admin' })
  const target = {
    url: access.url({ ...place, role: 'owner' }),
    adminUrl: access.url({ ...place, role: 'admin' }),
  }
  try {
    await stopwatch.measure('extensions', () => createExtensions(access, superuser, definition.extensions ?? []))
    const client = await access.connect({ ...place, role: 'owner' })
    try {
      await stopwatch.measure('migrations', () => runSteps('migrations', definition, { ...target, client }))
      await stopwatch.measure('seed', () => runSteps('seed', definition, { ...target, client }))
    } finally {
      await client.close()
    }
    // FREEZE sets the visibility map, so that index-only scans are real and no clone ever writes hint bits. But not for rows whose commit has
    // not reached the log yet, as after asynchronous commits (heap_page_prune_and_freeze, "committed asynchronously"): hence the checkpoint. Nor where
    // another commit of the same 32 has not (clog.c, CLOG_XACTS_PER_LSN_GROUP), as that of the table that VACUUM analysed before: hence the setting.
    await superuser.query('SET synchronous_commit = on')
    await stopwatch.measure('vacuum analyze', async () => {
      await checkpoint(access, superuser)
      await vacuum(superuser, 'FREEZE, ANALYZE', place)
    })
    if (dataset === undefined) return
    // Last, because it leaves statistics that another ANALYZE would make anew from a sample.
    await stopwatch.measure(
      ({ rows }) => `dataset of ${rows.toLocaleString('en')} rows`,
      () => dataset.load(target),
    )
    await checkpoint(access, superuser)
    await vacuum(superuser, 'FREEZE', place)
  } finally {
    await superuser.close()
  }
}

/** In a database that is not ours, of our own schema alone. */
async function vacuum(superuser: SqlClient, options: string, { schema }: Place): Promise<void> {
  if (schema === undefined) {
    await superuser.query(`VACUUM (${options})`)
    return
  }
  const { rows } = await superuser.query('SELECT tablename AS name FROM pg_tables WHERE schemaname = $1', [schema])
  const tables = rows.map(({ name }) => `${quoteIdentifier(schema)}.${quoteIdentifier(String(name))}`)
  if (tables.length > 0) await superuser.query(`VACUUM (${options}) ${tables.join(', ')}`)
}

/** Not for all the databases of a server that others use. */
async function checkpoint({ server }: PostgresAccess, superuser: SqlClient): Promise<void> {
  if (!server.isShared) await superuser.query('CHECKPOINT')
}

async function runSteps(kind: 'migrations' | 'seed', definition: PostgresDefinition, target: Parameters<typeof runStep>[1]): Promise<void> {
  for (const step of templateSteps(definition[kind])) await runStep(step, target)
}
