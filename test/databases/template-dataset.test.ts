import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRun } from '../../src/databases/run.js'
import { connectRun } from '../../src/databases/shared-run/run-client.js'
import { serveRun } from '../../src/databases/shared-run/run-server.js'
import { checkTemplateDataset, resolveDataset } from '../../src/databases/template-dataset.js'
import { planTemplate } from '../../src/databases/template.js'
import { defineDataset } from '../../src/seed/define-dataset.js'
import { uniform } from '../../src/seed/generators/uniform.js'
import { startSuite } from '../../src/start-suite.js'
import { DIST, readsTypeScript, startChild } from '../primitives/child.js'
import { countOf } from '../seed/with-suite.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotbed-dataset-'))
  writeFileSync(
    join(folder, 'schema.sql'),
    'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, total int NOT NULL);',
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const shop = (orders: number, max = 9): ReturnType<typeof defineDataset> =>
  defineDataset({ tables: { users: 100, orders: { rows: orders, columns: { total: uniform({ min: 0, max }) } } } })

describe('a dataset in a stack', () => {
  test('fills the template and keeps its statistics; a clone grows it', async () => {
    await using suite = await startSuite({ postgres: { migrations: join(folder, 'schema.sql'), dataset: shop(40_000) } })

    expect(await countOf(suite, 'SELECT count(*) FROM orders')).toBe(40_000)
    // All rows were read: from a sample of 30,000, it would be an estimate.
    expect(await countOf(suite, "SELECT n_distinct FROM pg_stats WHERE tablename = 'orders' AND attname = 'user_id'")).toBe(100)
    const before = await countOf(suite, 'SELECT sum(total * id) FROM orders')

    const report = await suite.postgres.grow({ orders: 50_000 })

    expect(report.tables.map(({ table, rows }) => ({ table, rows }))).toEqual([{ table: 'public.orders', rows: 10_000 }])
    expect(await countOf(suite, 'SELECT count(*) FROM orders')).toBe(50_000)
    expect(await countOf(suite, 'SELECT sum(total * id) FROM orders WHERE id <= 40000')).toBe(before)
    expect(await suite.postgres.grow({ orders: 55_000 })).toMatchObject({ rows: 5000 })
    expect(await countOf(suite, 'SELECT max(id) FROM orders')).toBe(55_000)
    await suite.reset()
    expect(await countOf(suite, 'SELECT count(*) FROM orders')).toBe(40_000)
    await suite.postgres.grow({ orders: 45_000 })
    await suite.postgres.query('UPDATE orders SET total = 0 WHERE id = 45000')
    await expect(suite.postgres.grow({ orders: 46_000 })).rejects.toThrow('The database does not hold this dataset as it was loaded')
  })

  test('grows from another process too, which has none of its functions', async () => {
    const run = createRun()
    const stack = { postgres: { migrations: join(folder, 'schema.sql'), dataset: shop(500) } }
    const server = await serveRun(run, () => stack)
    const client = await connectRun(server.address)
    try {
      const { verbs } = await client.openSuite('shop', 'clone')

      expect(await verbs.grow({ orders: 600 })).toMatchObject({ rows: 100, tables: [{ table: 'public.orders', rows: 100 }] })
      expect((await verbs.query('SELECT count(*)::int AS orders FROM orders', [])).rows).toEqual([{ orders: 600 }])
      await expect(verbs.grow({ orders: 5 })).rejects.toThrow('[ERR_HOTBED_')
    } finally {
      client.close()
      await server.close()
      await run.close()
    }
  })

  test('does not grow in a transaction', async () => {
    await using suite = await startSuite({ postgres: { dataset: defineDataset({ tables: {} }) } }, { isolation: 'rollback' })

    await expect(suite.postgres.grow({})).rejects.toThrow("Use isolation: 'clone'.")
  })

  test('decides the fingerprint of the template', async () => {
    const fingerprintOf = async (dataset: ReturnType<typeof shop>): Promise<string> => (await planTemplate({ dataset })).fingerprint

    expect(await fingerprintOf(shop(10))).toBe(await fingerprintOf(shop(10)))
    expect(await fingerprintOf(shop(11))).not.toBe(await fingerprintOf(shop(10)))
    expect(await fingerprintOf(shop(10, 8))).not.toBe(await fingerprintOf(shop(10)))
  })

  test('is missed by grow where there is none', async () => {
    await using suite = await startSuite({ postgres: {} })

    await expect(suite.postgres.grow({ orders: 1 })).rejects.toThrow(
      'postgres.grow() continues the dataset of the stack, but the stack has none.',
    )
  })
})

describe('a dataset by its path', () => {
  test('is what the module exports', async () => {
    const path = join(folder, 'shop.mjs')
    writeFileSync(path, 'const nothing = () => {}\nexport const dataset = { fingerprint: nothing, load: nothing, grow: nothing }\n')

    expect(await resolveDataset(path)).toHaveProperty('load')
  })

  test('is read as TypeScript where Node does, and else refused with the ways out', async () => {
    const path = join(folder, 'shop.ts')
    writeFileSync(
      path,
      `import { defineDataset } from '${DIST}seed/index.js'\nconst users: number = 7\nexport const dataset = defineDataset({ tables: { users, orders: 0 } })\n`,
    )
    const child = startChild(`
      const { startSuite } = await import('${DIST}index.js')
      const counted = async (suite) => {
        const { rows } = await suite.postgres.query('SELECT count(*)::int AS users FROM users')
        await suite.dispose()
        return rows[0].users
      }
      say('ended', JSON.stringify(await startSuite({ postgres: { migrations: '${join(folder, 'schema.sql')}', dataset: '${path}' } }).then(counted, ({ message }) => message)))`)

    expect(String(JSON.parse(await child.said('ended')))).toMatch(
      readsTypeScript
        ? /^7$/
        : /shop\.ts is TypeScript, which Node [\d.]+ does not read\. \[ERR_HOTBED_OPTION\]\n {2}→ Import the dataset where the stack is .* Or write the file as \.mjs, or use Node 22\.18 or newer\./,
    )
  })

  test.each([
    ['export const other = 0', 'exports no dataset.'],
    ['export const dataset = {', 'could not be loaded: '],
  ])('is refused for %s', async (source, message) => {
    const path = join(folder, `wrong-${source.length}.mjs`)
    writeFileSync(path, source)

    await expect(resolveDataset(path)).rejects.toThrow(message)
  })

  test('is refused when it is not there, or is none', async () => {
    await expect(startSuite({ postgres: { dataset: './nowhere.mjs' } })).rejects.toThrow("Option 'postgres.dataset' names './nowhere.mjs'")
    expect(() => checkTemplateDataset('postgres.dataset', {})).toThrow("Option 'postgres.dataset' must be what defineDataset()")
  })
})
