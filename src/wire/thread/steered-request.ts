import type { LiveExchange } from '../conversation.js'
import { subjectText } from '../match-text.js'
import { describeReply } from '../redis/describe-reply.js'
import { readReply } from '../redis/reply.js'
import { isSetUpCommand } from '../redis/set-up-command.js'
import { commandWord, isSessionSetUp } from '../sql-shape.js'
import { subjectOf } from './live-rule.js'

/** No other connection can tell when these are carried out: what they begin takes effect with what follows. */
const OPENING: ReadonlySet<string> = new Set(['BEGIN', 'START'])
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

/** Others may have waited for a lock that it has given back. */
export function mayReleaseLocks(exchange: LiveExchange): boolean {
  if (exchange.store === 'redis') return false
  const isOver = exchange.statusAfter !== 'T' || exchange.error !== undefined
  return isOver || exchange.results.at(-1)?.tag.startsWith('ROLLBACK') === true || /unlock/i.test(exchange.sql)
}
