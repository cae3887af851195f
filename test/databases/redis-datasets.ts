import { createRun } from '../../src/databases/run.js'
import type { StackDefinition } from '../../src/databases/stack.js'
import type { SuiteParts } from '../../src/databases/suite-parts.js'
import type { CachedRow } from '../../src/seed/redis/cache-of.js'
import type { DatasetDefinition } from '../../src/seed/dataset.js'
import { defineDataset, type Dataset } from '../../src/seed/define-dataset.js'
import { oneOf } from '../../src/seed/generators/one-of.js'
import { uniform } from '../../src/seed/generators/uniform.js'
import type { RedisEntries } from '../../src/seed/redis/entries.js'

export const sessions: RedisEntries = {
  key: 'session:{row}',
  rows: 400,
  value: oneOf(['guest', 'member']),
  ttlSeconds: uniform({ min: 1000, max: 2000 }),
}

export function keysOnly(redis: NonNullable<DatasetDefinition['redis']> = [sessions]): Dataset {
  return defineDataset({ redis })
}

export function cachedProduct(row: Readonly<Record<string, unknown>>, index: number): CachedRow {
  return {
    key: `product:${index + 1}`,
    value: { hash: { name: String(row['name']), price: Number(row['price_cents']) } },
    ttlSeconds: 300,
  }
}

/** The suites of a run of their own. */
export async function withSuites(stack: StackDefinition, count: number, act: (...suites: SuiteParts[]) => Promise<void>): Promise<void> {
  const run = createRun({ spares: 1 })
  try {
    const suites: SuiteParts[] = []
    for (let i = 0; i < count; i += 1) suites.push(await run.openSuite(stack))
    await act(...suites)
  } finally {
    await run.close()
  }
}
