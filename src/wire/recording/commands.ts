import type { CommandExchange, ReplyDigest } from '../exchange.js'
import { describeReply } from '../redis/describe-reply.js'
import { readLookups } from '../redis/lookups.js'
import { readReply, type Reply } from '../redis/reply.js'
import { isSetUpCommand } from '../redis/set-up-command.js'
import { textOfBytes } from '../redis/text-of-bytes.js'
import type { Command } from './recording.js'

/** Reads commands; a reply is only read when it is asked for. */
export function createCommandReader(): (exchange: CommandExchange) => Command {
  const sources = new WeakMap<object, CommandExchange>()
  const lazy = createLazyReplies(sources)
  return (exchange) => {
    const { startMs, endMs, reply, keyPositions = [] } = exchange
    const args = Object.freeze(exchange.args.map(textOfBytes))
    const own: Omit<Command, 'reply' | 'lookups'> = {
      store: 'redis' as const,
      name: (args[0] ?? '').toUpperCase(),
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
    }
    // Written so, all of them share one layout; frozen after Object.assign or setPrototypeOf, each is four times as large.
    const command = Object.freeze({ __proto__: lazy, ...own } as unknown as Command)
    sources.set(command, exchange)
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

function createLazyReplies(sources: WeakMap<object, CommandExchange>): object {
  const replies = new WeakMap<Command, Command['reply']>()
  const lookups = new WeakMap<Command, Command['lookups']>()
  return Object.freeze({
    get reply(): Command['reply'] {
      const self = this as unknown as Command
      const reply = replies.has(self) ? undefined : read(sources.get(self)?.reply)
      if (reply !== undefined) replies.set(self, Object.freeze({ kind: reply.kind, text: describeReply(reply) }))
      return replies.get(self)
    },
    get lookups(): Command['lookups'] {
      const self = this as unknown as Command
      const source = sources.get(self)
      const known = lookups.get(self) ?? Object.freeze([...readLookups(self.args, source?.keyPositions, source?.reply)])
      lookups.set(self, known)
      return known
    },
  })
}
