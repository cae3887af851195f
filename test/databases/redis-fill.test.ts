import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRun } from '../../src/databases/run.js'
import type { StackDefinition } from '../../src/databases/stack.js'
import type { SuiteParts } from '../../src/databases/suite-parts.js'
import { defineDataset } from '../../src/seed/define-dataset.js'
import type { DatasetDefinition } from '../../src/seed/dataset.js'
import { foreignKey } from '../../src/seed/generators/foreign-key.js'
import { oneOf } from '../../src/seed/generators/one-of.js'
import { uniform } from '../../src/seed/generators/uniform.js'
import { cacheOf } from '../../src/seed/redis/cache-of.js'
import { startSuite } from '../../src/start-suite.js'

let folder: string
let migrations: string
let cache: string
const before = process.env['HOTBED_CACHE_DIRECTORY']
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotbed-keys-'))
  migrations = join(folder, 'schema.sql')
  writeFileSync(migrations, 'CREATE TABLE products (id bigserial PRIMARY KEY, name text NOT NULL, price_cents int NOT NULL, added timestamptz NOT NULL);')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const sessions = {
  key: 'session:{row}',
  rows: 400,
  value: oneOf(['guest', 'member']),
  ttlSeconds: uniform({ min: 1000, max: 2000 }),
}
const keysOnly = (redis: DatasetDefinition['redis'] = [sessions]) => defineDataset({ redis: redis ?? [] })
const product = (row: Readonly<Record<string, unknown>>, index: number) => ({
  key: `product:${index + 1}`,
  value: { hash: { name: String(row['name']), price: Number(row['price_cents']) } },
  ttlSeconds: 300,
})

async function withSuites(stack: StackDefinition, count: number, act: (...suites: SuiteParts[]) => Promise<void>): Promise<void> {
  const run = createRun({ spares: 1 })
  try {
    const suites: SuiteParts[] = []
    for (let i = 0; i < count; i += 1) suites.push(await run.openSuite(stack))
    await act(...suites)
  } finally {
    await run.close()
  }
}

const dump = async ({ verbs }: SuiteParts): Promise<readonly unknown[]> => {
  const keys = ((await verbs.send(['KEYS', '*'])) as string[]).toSorted()
  return Promise.all(keys.map(async (key) => [key, await verbs.send(['DEBUG', 'DIGEST-VALUE', key])]))
}
const livesOf = async ({ verbs }: SuiteParts, rows: number): Promise<number[]> =>
  Promise.all(Array.from({ length: rows }, async (_, row) => Number(await verbs.send(['PEXPIRETIME', `session:${row}`]))))

describe('A Redis with a dataset', () => {
  test('holds the same keys and lives in every suite, from the first command on', async () => {
    await withSuites({ redis: { dataset: keysOnly() } }, 3, async (one, two, three) => {
      expect(await one?.verbs.send(['DBSIZE'])).toBe(400)
      const dumps = await Promise.all([one, two, three].map((suite) => dump(suite as SuiteParts)))
      expect(dumps[1]).toEqual(dumps[0])
      expect(dumps[2]).toEqual(dumps[0])

      const first = await livesOf(one as SuiteParts, 400)
      const second = await livesOf(three as SuiteParts, 400)
      const shift = Number(second[0]) - Number(first[0])
      // All lives begin at one moment: the suites differ by nothing else.
      expect(second.map((life) => life - shift)).toEqual(first)
      expect(Math.max(...first) - Math.min(...first)).toBeGreaterThan(900_000)
      expect(await one?.verbs.send(['TTL', 'session:0'])).toBeGreaterThan(900)
      expect(await one?.verbs.send(['TTL', 'session:0'])).toBeLessThanOrEqual(2000)
    })
  })
})
