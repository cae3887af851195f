import pg from 'pg'
import { expect, test } from 'vitest'
import { resolveCacheDirectory } from '../../../src/primitives/cache-directory.js'
import { findSystemBinaries } from '../../../src/servers/postgres/system-binaries.js'
import { createShop } from './shop.js'
import { brief, startTapped } from './tapped.js'

const system = await findSystemBinaries(process.env, resolveCacheDirectory())

test.runIf(system.length > 0)('the Postgres of the system gives plans too, whatever its version', async () => {
  const run = startTapped({ provider: 'system' })
  const database = await run.open()
  await createShop(database)
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const heard = await database.record(async () => {
    await client.query('BEGIN')
    await client.query('SELECT title FROM book WHERE id = $1', [7])
    await client.query('SELECT count_books(3)')
    await client.query('ROLLBACK')
  })
  await client.end()
  await run.close()

  expect(heard.map(brief)).toEqual([
    'BEGIN → BEGIN',
    'SELECT title FROM book WHERE id = $1 → SELECT 1 +1',
    'SELECT count_books(3) → SELECT 1 +1',
    'ROLLBACK → ROLLBACK',
  ])
  expect(heard[2]?.nested).toHaveLength(1)
})
