import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectSql } from '../../../src/databases/sql-client.js'
import { seed } from '../../../src/seed/load.js'
import { startSuite } from '../../../src/start-suite.js'
import { makeDirectory, removeDirectory, runHotbed } from '../../cli/hotbed.js'
import { countOf, type PostgresSuite } from '../with-suite.js'
import { hashRows } from './row-hash.js'

const INDEX = new URL('../../../dist/seed/index.js', import.meta.url).href
const COLUMNS =
  'id bigserial, account_id bigint NOT NULL, kind text NOT NULL, amount numeric(12, 2) NOT NULL, created_at timestamptz NOT NULL'
const DATASET = `
  import { defineDataset, growth, lognormal, uniform, weighted } from '${INDEX}'
  export const dataset = defineDataset({
    tables: {
      events: {
        rows: 20_001,
        columns: {
          account_id: uniform({ min: 1, max: 500 }),
          kind: weighted({ paid: 7, opened: 3 }),
          amount: lognormal({ median: 40, p99: 900, decimals: 2 }),
          created_at: growth({ from: '2024-01-01' }),
        },
      },
    },
  })
`

async function asAdmin(suite: PostgresSuite, ...statements: readonly string[]): Promise<void> {
  const client = await connectSql({ connectionString: suite.postgres.adminUrl })
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.close()
  }
}

describe('Three servers: a table whose partitions lie on two others', () => {
  const suites: PostgresSuite[] = []
  let directory: string
  let file: string
  beforeAll(async () => {
    directory = makeDirectory()
    file = join(directory, 'events.dataset.mjs')
    writeFileSync(file, DATASET)
    for (const extensions of [['postgres_fdw'], [], [], []])
      suites.push(await startSuite({ postgres: { extensions } }, { isolation: 'server' }))
    const [coordinator, ...nodes] = suites
    if (coordinator === undefined) return
    await asAdmin(coordinator, `CREATE TABLE events (${COLUMNS}) PARTITION BY HASH (account_id)`)
    for (const [i, node] of nodes.slice(0, 2).entries()) {
      await node.postgres.query(`CREATE TABLE events_${i} (${COLUMNS})`)
      const { hostname, port, username, password, pathname } = new URL(node.postgres.directUrl)
      const options = `user '${decodeURIComponent(username)}', password '${decodeURIComponent(password)}'`
      await asAdmin(
        coordinator,
        `CREATE SERVER node_${i} FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '${hostname}', port '${port}', dbname '${pathname.slice(1)}', batch_size '500')`,
        `CREATE USER MAPPING FOR PUBLIC SERVER node_${i} OPTIONS (${options})`,
        `CREATE FOREIGN TABLE events_${i} PARTITION OF events FOR VALUES WITH (MODULUS 2, REMAINDER ${i}) SERVER node_${i}`,
      )
    }
  }, 120_000)
  afterAll(async () => {
    removeDirectory(directory)
    await Promise.all(suites.map((suite) => suite.dispose()))
  })

  it('get from two processes at once what one machine gives', async () => {
    const [coordinator, first, second, single] = suites as [PostgresSuite, PostgresSuite, PostgresSuite, PostgresSuite]
    const { adminUrl } = coordinator.postgres
    await single.postgres.query(`CREATE TABLE events (${COLUMNS})`)
    const { dataset } = (await import(file)) as { dataset: Parameters<typeof seed>[1] }
    await seed(single.postgres, dataset)

    const ended = await Promise.all(
      ['1/2', '2/2'].map((shard) => runHotbed(['seed', '--url', adminUrl, '--dataset', file, '--shard', shard])),
    )

    expect(ended.map(({ status, stderr }) => ({ status, stderr }))).toEqual([
      { status: 0, stderr: '' },
      { status: 0, stderr: '' },
    ])
    expect(await hashRows(adminUrl, ['events'])).toEqual(await hashRows(single.postgres.adminUrl, ['events']))
    const counts = [await countOf(first, 'SELECT count(*) FROM events_0'), await countOf(second, 'SELECT count(*) FROM events_1')]
    expect(counts[0]! + counts[1]!).toBe(20_001)
    expect(Math.min(...counts)).toBeGreaterThan(5_000)
    expect(ended.map(({ stdout }) => stdout).join('')).toContain(
      'All shards are there: foreign keys are checked, sequences stand past the keys',
    )
    const again = await runHotbed(['seed', '--url', adminUrl, '--dataset', file, '--shard', '2/2'])
    expect(again.stdout).toContain('Shard 2/2 was there already: nothing was written.')
    expect((await hashRows(adminUrl, ['events']))['events']).toMatch(/^20001 /)
  }, 120_000)
})
