import { afterAll, beforeAll } from 'vitest'
import { startSuite } from '../../src/start-suite.js'
import type { Suite } from '../../src/suite.js'

export type PostgresSuite = Suite<{ readonly postgres: object }>

/** A suite with a database of this schema, for the tests of the file or of the `describe` it is called in. */
export function useSuite(schema: string, provider: 'embedded' | 'system' = 'embedded'): () => PostgresSuite {
  let suite: PostgresSuite | undefined
  beforeAll(async () => {
    suite = await startSuite({ postgres: { provider } })
    await suite.postgres.query(schema)
  }, 60_000)
  afterAll(() => suite?.dispose())
  return () => {
    if (suite === undefined) throw new Error('The suite has not been started.')
    return suite
  }
}

/** A number that the only row of an answer has. */
export async function countOf({ postgres }: PostgresSuite, sql: string): Promise<number> {
  const { rows } = await postgres.query<Record<string, unknown>>(sql)
  return Number(Object.values(rows[0] ?? {})[0])
}
