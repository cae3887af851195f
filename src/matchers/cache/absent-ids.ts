import { filterFrozen } from '../../primitives/filter-frozen.js'
import { wrongOption } from '../../primitives/options.js'
import { parseMatch, matcherOf, type Match } from '../../wire/match.js'
import type { Recording, Statement } from '../../wire/recording/recording.js'
import { HotbedError } from '../../primitives/error.js'
import { isTransactionControl } from '../recording/transaction-control.js'

/** Ids as the application binds them. */
export type IdList = readonly (string | number)[]

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no list of ids */
export function readIds(ids: unknown, option: string): ReadonlySet<string> {
  const isList = Array.isArray(ids) && ids.length > 0 && ids.every((id) => typeof id === 'string' || typeof id === 'number')
  if (!isList) throw wrongOption(option, "a list of ids as they are bound, such as ['nobody@example.com', 404]", ids)
  return new Set(ids.map(String))
}

/** The statements by which the application asks whether something is there: those that the match means, or every SELECT that was answered. */
export function readAsking({ statements }: Recording, match: Match | undefined): readonly Statement[] {
  const isMeant =
    match === undefined ? ({ tag }: Statement): boolean => tag?.startsWith('SELECT') === true : matcherOf(checkSql(match), 'statement')
  return filterFrozen(
    statements,
    (one) => one.error === undefined && one.tag !== undefined && !one.isPartial && !isTransactionControl(one) && isMeant(one),
  )
}

function checkSql(match: Match): Match {
  const spec = parseMatch(match, 'statement')
  if ('predicate' in spec || spec.store === 'postgres') return match
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `Option 'statement' means SQL, and the match ${spec.text} means Redis.`,
    remedy: 'Write { sql: /from users/i }, or leave it out.',
  })
}
