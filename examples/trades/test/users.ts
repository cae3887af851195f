import type { SuitePostgres } from 'hotbed'

/** Values of the history page, by who asks for it. */
export type HistoryOf = Readonly<Record<'heaviest' | 'busy' | 'median', readonly [userId: string, symbol: string]>>

/** The user with the most trades, the tenth, and the one in the middle; each with the symbol that is traded least. */
export async function findUsers(postgres: SuitePostgres): Promise<HistoryOf> {
  const { rows: users } = await postgres.query<{ user_id: string }>('SELECT user_id FROM trades GROUP BY 1 ORDER BY count(*) DESC, 1')
  const { rows: symbols } = await postgres.query<{ symbol: string }>('SELECT symbol FROM trades GROUP BY 1 ORDER BY count(*), 1 LIMIT 1')
  const of = (place: number): readonly [string, string] => [users[place]?.user_id ?? '', symbols[0]?.symbol ?? '']
  return { heaviest: of(0), busy: of(9), median: of(Math.floor(users.length / 2)) }
}
