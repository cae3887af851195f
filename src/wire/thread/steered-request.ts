import type { LiveExchange } from '../conversation.js'
import { subjectText } from '../match-text.js'
import type { CommandTable } from '../redis/command-table.js'
import { describeReply } from '../redis/describe-reply.js'
import { readReply } from '../redis/reply.js'
import { isSetUpCommand } from '../redis/set-up-command.js'
import { commandWord, isSessionSetUp } from '../sql-shape.js'
import { subjectOf } from './live-rule.js'

/** No other connection can tell when these are carried out: what they begin takes effect with what follows. */
const OPENING: ReadonlySet<string> = new Set(['BEGIN', 'START'])
/** Read only; anything else may have changed something, a SELECT by a function that it calls. */
const READING: ReadonlySet<string> = new Set(['BEGIN', 'START', 'SHOW', 'EXPLAIN', 'DECLARE', 'FETCH', 'SAVEPOINT', 'RELEASE', 'ROLLBACK'])

/** Whether the order of it and others' requests can matter. */
export function isSteered(exchange: LiveExchange): boolean {
  if (exchange.store === 'postgres') {
    return exchange.protocol !== 'prepare' && !isSessionSetUp(exchange.sql) && !OPENING.has(commandWord(exchange.sql))
  }
  const word = exchange.args[0]?.toUpperCase() ?? ''
  return (
    !exchange.inTransaction && !exchange.isBlocking && word !== 'MULTI' && !word.endsWith('SUBSCRIBE') && !isSetUpCommand(exchange.args)
  )
}

/** The request, as a match could be written. */
export function textOf(exchange: LiveExchange): string {
  return subjectText(subjectOf(exchange))
}

/** What the server answered, in a few words. */
export function answerText(exchange: LiveExchange): string {
  if (exchange.store === 'redis') {
    const { reply } = exchange
    return describeReply(typeof reply === 'string' ? readReply(Buffer.from(reply, 'latin1')) : reply)
  }
  if (exchange.error !== undefined) return exchange.error.code
  return exchange.results.map(({ tag }) => tag).join(', ')
}

/** Something that others can see may have changed with it. */
export function hasTakenEffect(exchange: LiveExchange, commands: CommandTable): boolean {
  if (exchange.store === 'redis') {
    const word = exchange.args[0]?.toUpperCase() ?? ''
    return exchange.isScript || word === 'EXEC' || commands.get(word)?.flags.includes('write') === true
  }
  if (exchange.error !== undefined || (exchange.statusAfter !== undefined && exchange.statusAfter !== 'I')) return false
  const word = commandWord(exchange.sql)
  return exchange.results.at(-1)?.tag !== 'ROLLBACK' && !READING.has(word) && (word !== 'SELECT' || exchange.sql.includes('('))
}

/** Others may have waited for a lock that it has given back. */
export function mayReleaseLocks(exchange: LiveExchange): boolean {
  if (exchange.store === 'redis') return false
  const isOver = exchange.statusAfter !== 'T' || exchange.error !== undefined
  return isOver || /^ROLLBACK/.test(exchange.results.at(-1)?.tag ?? '') || /unlock/i.test(exchange.sql)
}
