import type { CommandExchange, ReplyDigest } from '../exchange.js'
import { describeReply } from '../redis/describe-reply.js'
import { readLookups } from '../redis/lookups.js'
import { readReply } from '../redis/reply.js'
import { textOfBytes } from '../redis/text-of-bytes.js'
import { createCallReader } from './read-call.js'
import type { Command } from './recording.js'
import { createLookupSharing } from './share-lookups.js'

/** Reads commands; a reply is only read as a whole when it is asked for. */
export function createCommandReader(): (exchange: CommandExchange) => Command {
  const sources = new Map<number, Source>()
  const readCall = createCallReader()
  const shareLookups = createLookupSharing()
  const lazy = createLazyReplies(sources)
  return (exchange) => {
    const { startMs, endMs, reply } = exchange
    const { name, args, keys, isSetUp } = readCall(exchange)
    // What is looked at most stands first: it comes with one access to memory.
    const own: Omit<Command, 'reply'> = {
      store: 'redis' as const,
      name,
      keys,
      lookups: shareLookups(readLookups(args, exchange.keyPositions, reply)),
      args,
      error: typeof reply === 'string' && /^[-!]/.test(reply) ? errorOf(reply) : undefined,
      connection: exchange.connection,
      inTransaction: exchange.inTransaction,
      isScript: exchange.isScript,
      isBlocking: exchange.isBlocking,
      database: exchange.database,
      start: exchange.start,
      end: exchange.end,
      startMs,
      endMs,
      durationMs: endMs === undefined ? undefined : endMs - startMs,
      bytes: Object.freeze({ request: exchange.requestBytes, reply: exchange.replyBytes }),
      isSetUp,
      steered: exchange.steered,
    }
    // Written so, all of them share one layout; frozen after Object.assign or setPrototypeOf, each is four times as large.
    const command = Object.freeze({ __proto__: lazy, ...own } as unknown as Command)
    sources.set(exchange.start, { exchange, reply: undefined })
    return command
  }
}

function errorOf(reply: string): string {
  const [first = '', second = ''] = reply.split('\r\n', 2)
  return textOfBytes(first.startsWith('!') ? second : first.slice(1))
}

/** `known`: those of short texts, of which most say the same: OK, nil, 1. */
function describe(given: string | ReplyDigest | undefined, known: Map<string, Command['reply']>): Command['reply'] {
  if (given === undefined) return undefined
  const short = typeof given === 'string' && given.length <= SHORT ? given : undefined
  const before = short === undefined ? undefined : known.get(short)
  if (before !== undefined) return before
  const reply = typeof given === 'string' ? readReply(Buffer.from(given, 'latin1')) : given
  const described = Object.freeze({ kind: reply.kind, text: describeReply(reply) })
  if (short !== undefined && known.size < MOST) known.set(short, described)
  return described
}

const SHORT = 32
const MOST = 4096

/** What is read of a command when it is asked for, and remembered. */
interface Source {
  readonly exchange: CommandExchange
  reply: Command['reply']
}

/** By position, which is each command's own: weak references to a hundred thousand commands cost more than all that is read of them. */
function createLazyReplies(sources: ReadonlyMap<number, Source>): object {
  const known = new Map<string, Command['reply']>()
  return Object.freeze({
    get reply(): Command['reply'] {
      const source = sources.get((this as unknown as Command).start)
      if (source === undefined) return undefined
      source.reply ??= describe(source.exchange.reply, known)
      return source.reply
    },
  })
}
