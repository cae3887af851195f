import { describe, expect, it } from 'vitest'
import { defineDataset } from '../../../src/seed/define-dataset.js'
import { grow } from '../../../src/seed/grow.js'
import { seed, type SeededDatabase } from '../../../src/seed/load.js'
import { startSuite } from '../../../src/start-suite.js'
import { countOf, useSuite, type PostgresSuite } from '../with-suite.js'
import { hashRows } from './row-hash.js'
import { SHOP, shopDataset } from './shop.js'

const TABLES = ['users', 'orders']
const STACK = {
  postgres: {
    migrations: { inputs: [], run: async ({ query }: { query: (sql: string) => Promise<unknown> }) => void (await query(SHOP)) },
  },
}

const openShop = (): Promise<PostgresSuite> => startSuite(STACK)
const shards = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `${i + 1}/${count}`)
const hashes = ({ postgres }: PostgresSuite): Promise<Readonly<Record<string, string>>> => hashRows(postgres.adminUrl, TABLES)

describe('Shards of a dataset', () => {
  it.each([2, 3, 16])(
    'are together what one load gives: %d written at once',
    async (count) => {
      const dataset = shopDataset(5_003)
      await using whole = await openShop()
      await using parts = await openShop()
      await seed(whole.postgres, dataset)

      const loaded = await Promise.all(shards(count).map((shard) => seed(parts.postgres, dataset, { shard })))

      expect(await hashes(parts)).toEqual(await hashes(whole))
      expect(loaded.reduce((sum, { rows }) => sum + rows, 0)).toBe(5_003 + 1_001)
      expect(loaded.filter(({ shard }) => shard?.isLast)).toHaveLength(1)
    },
    60_000,
  )

  it('come in any order, also a child before its parent, and the last one does what is done once', async () => {
    const dataset = shopDataset(2_000)
    await using suite = await openShop()
    await using whole = await openShop()
    const loaded: SeededDatabase[] = []
    for (const shard of ['3/3', '1/3', '2/3']) loaded.push(await seed(suite.postgres, dataset, { shard }))
    await seed(whole.postgres, dataset)

    expect(loaded.map(({ shard }) => shard)).toEqual([
      { index: 3, count: 3, isNew: true, missing: [1, 2], isLast: false },
      { index: 1, count: 3, isNew: true, missing: [2], isLast: false },
      { index: 2, count: 3, isNew: true, missing: [], isLast: true },
    ])
    expect(loaded.map(({ notes }) => notes)).toMatchInlineSnapshot(`
      [
        [
          "Still missing: 1, 2 of 3. Sequences, foreign keys and statistics are seen to by whichever comes last.",
        ],
        [
          "Still missing: 2 of 3. Sequences, foreign keys and statistics are seen to by whichever comes last.",
        ],
        [
          "All shards are there: foreign keys are checked, sequences stand past the keys, and tables are analysed.",
        ],
      ]
    `)
    expect(loaded[0]?.tables).toMatchObject([
      { table: 'public.users', foreignKeysChecked: [], sequences: [], sampledRows: 0, triggersSkipped: [] },
      { table: 'public.orders', foreignKeysChecked: [], sequences: [], sampledRows: 0, triggersSkipped: ['touch'] },
    ])
    expect(loaded[2]?.tables).toMatchObject([
      {
        table: 'public.users',
        foreignKeysChecked: ['users_country_fkey', 'users_invited_by_fkey'],
        sequences: ['users_id_seq'],
        sampledRows: 400,
      },
      { table: 'public.orders', foreignKeysChecked: ['orders_user'], sequences: ['orders_id_seq'], sampledRows: 2_000 },
    ])
    const state = "SELECT relname, reltuples FROM pg_class WHERE relname IN ('users', 'orders') ORDER BY relname"
    expect((await suite.postgres.query(state)).rows).toEqual((await whole.postgres.query(state)).rows)
    expect(
      (await suite.postgres.query("INSERT INTO users (email, country, created_at) VALUES ('new', 'de', now()) RETURNING id")).rows,
    ).toEqual([{ id: '401' }])
  }, 60_000)

  it('are counted on from the rows that were there before the first of them', async () => {
    await using suite = await openShop()
    await using whole = await openShop()
    for (const shop of [suite, whole]) {
      await shop.postgres.query("INSERT INTO users (id, email, country, created_at) VALUES (70, 'admin', 'it', '2020-01-01')")
    }
    const dataset = shopDataset(500)
    await seed(whole.postgres, dataset)

    await Promise.all(shards(4).map((shard) => seed(suite.postgres, dataset, { shard })))

    expect(await hashes(suite)).toEqual(await hashes(whole))
    expect(await countOf(suite, 'SELECT min(id) FROM users WHERE id > 70')).toBe(71)
  }, 60_000)

  it('know all rows of the dataset, and the whole can grow', async () => {
    await using suite = await openShop()
    const dataset = defineDataset({ tables: { users: 100 } })
    const { dataset: bound } = await seed(suite.postgres, dataset, { shard: '1/2' })
    await seed(suite.postgres, dataset, { shard: '2/2' })

    expect(bound.count('users')).toBe(100)
    expect(bound.row('users', 99)).toHaveProperty('id', 100)
    await grow(suite.postgres, dataset, { users: 150 })
    expect(await countOf(suite, 'SELECT max(id) FROM users')).toBe(150)
  }, 60_000)

  it('may be empty', async () => {
    await using suite = await openShop()
    const dataset = defineDataset({ tables: { users: 3 } })

    for (const shard of shards(5)) await seed(suite.postgres, dataset, { shard })

    expect(await countOf(suite, 'SELECT count(*) FROM users')).toBe(3)
  }, 60_000)
})

describe('A shard that comes twice', () => {
  const suite = useSuite(SHOP)
  const dataset = shopDataset(1_000)

  it('is written once, one after the other', async () => {
    await seed(suite().postgres, dataset, { shard: '1/2' })
    const before = await hashes(suite())

    const again = await seed(suite().postgres, dataset, { shard: '1/2' })

    expect(again).toMatchObject({ rows: 0, bytes: 0, shard: { isNew: false, missing: [2], isLast: false } })
    expect(again.notes[0]).toBe('Shard 1/2 was there already: nothing was written.')
    expect(await hashes(suite())).toEqual(before)
  })

  it('is written once, by several at the same time', async () => {
    const loaded = await Promise.all([1, 2, 3].map(() => seed(suite().postgres, dataset, { shard: '2/2' })))

    expect(loaded.filter(({ shard }) => shard?.isNew)).toHaveLength(1)
    expect(loaded.filter(({ shard }) => shard?.isLast)).toHaveLength(1)
    expect(await countOf(suite(), 'SELECT count(*) FROM orders')).toBe(1_000)
  })

  it('is refused when its rows are not there any more', async () => {
    await suite().postgres.query('TRUNCATE orders')

    await expect(seed(suite().postgres, dataset, { shard: '1/2' })).rejects.toThrow(
      /^Shard 1\/2 was loaded before, but row 0 of 'public\.orders' is not there any more as it was\. \[ERR_HOTBED_SEED\]\n {2}→ When the tables were emptied on purpose, say so: DELETE FROM hotbed_shards WHERE dataset = '[0-9a-f]{20}'\. Then load all shards\.$/,
    )
  })
})
