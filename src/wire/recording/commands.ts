import type { CommandExchange, ReplyDigest } from '../exchange.js'
import { describeReply } from '../redis/describe-reply.js'
import { readLookups } from '../redis/lookups.js'
import { readReply, type Reply } from '../redis/reply.js'
import { isSetUpCommand } from '../redis/set-up-command.js'
import { textOfBytes } from '../redis/text-of-bytes.js'
import { createTextSharing } from '../share-texts.js'
import type { Command } from './recording.js'
import { createLookupSharing } from './share-lookups.js'

/** Reads commands; a reply is only read as a whole when it is asked for. */
export function createCommandReader(): (exchange: CommandExchange) => Command {
  const sources = new Map<number, Source>()
  const share = createTextSharing()
  const shareLookups = createLookupSharing()
  const lazy = createLazyReplies(sources)
  return (exchange) => {
    const { startMs, endMs, reply, keyPositions = [] } = exchange
    const args = Object.freeze(exchange.args.map(textOfBytes))
    const own: Omit<Command, 'reply'> = {
      store: 'redis' as const,
      name: share((args[0] ?? '').toUpperCase()),
      args,
      keys: Object.freeze(keyPositions.flatMap((at) => args[at] ?? [])),
      error: typeof reply === 'string' && /^[-!]/.test(reply) ? errorOf(reply) : undefined,
      connection: exchange.connection,
      inTransaction: exchange.inTransaction,
      isScript: exchange.isScript,
      isBlocking: exchange.isBlocking,
      start: exchange.start,
      end: exchange.end,
      startMs,
      endMs,
      durationMs: endMs === undefined ? undefined : endMs - startMs,
      bytes: Object.freeze({ request: exchange.requestBytes, reply: exchange.replyBytes }),
      isSetUp: isSetUpCommand(args),
      steered: exchange.steered,
      lookups: shareLookups(readLookups(args, exchange.keyPositions, reply)),
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

function read(reply: string | ReplyDigest | undefined): Reply | ReplyDigest | undefined {
  return typeof reply === 'string' ? readReply(Buffer.from(reply, 'latin1')) : reply
}

/** What is read of a command when it is asked for, and remembered. */
interface Source {
  readonly exchange: CommandExchange
  reply: Command['reply']
}

/** By position, which is each command's own: weak references to a hundred thousand commands cost more than all that is read of them. */
function createLazyReplies(sources: ReadonlyMap<number, Source>): object {
  return Object.freeze({
    get reply(): Command['reply'] {
      const source = sources.get((this as unknown as Command).start)
      if (source === undefined) return undefined
      const reply = source.reply === undefined ? read(source.exchange.reply) : undefined
      if (reply !== undefined) source.reply = Object.freeze({ kind: reply.kind, text: describeReply(reply) })
      return source.reply
    },
  })
}
