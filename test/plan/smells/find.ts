import { explain, type ExplainOptions } from '../../../src/plan/explain.js'
import type { Smell } from '../../../src/plan/smells/smell.js'
import type { TestDatabase } from '../with-postgres.js'

/** What a smell finds in the plan of a statement: `text → remedy`, without what differs from run to run. */
export async function findIn(
  { sql }: TestDatabase,
  smell: Smell,
  statement: string,
  options?: ExplainOptions & { readonly params?: readonly unknown[] },
): Promise<readonly string[]> {
  const { params, ...explainOptions } = options ?? {}
  const plan = await explain(sql, statement, params, explainOptions)
  return smell.find(plan).map(({ text, remedy }) => `${text} → ${remedy}`)
}

/** Runs `change` around `act` and takes it back: a repaired twin that later tests do not see. */
export async function within({ sql }: TestDatabase, change: string, act: () => Promise<void>): Promise<void> {
  await sql.query('BEGIN')
  try {
    await sql.query(change)
    await act()
  } finally {
    await sql.query('ROLLBACK')
  }
}
