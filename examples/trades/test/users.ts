import type { SuitePostgres } from 'hotbed'

/** Values of the history page, by who asks for it. */
export type HistoryOf = Readonly<Record<'heaviest' | 'busy' | 'median', readonly [userId: string, symbol: string]>>

/** The user with the most trades, the tenth, and the one in the middle, as the dataset has them; each with the symbol that is traded least. */
export async function findUsers(postgres: SuitePostgres): Promise<HistoryOf> {
  const users = await postgres.weighValues('trades.user_id')
  const { lightest } = await postgres.weighValues<string>('trades.symbol')
  const of = (user: unknown): readonly [string, string] => [String(user), lightest]
  return { heaviest: of(users.heaviest), busy: of(users.ranked[9]), median: of(users.median) }
}
