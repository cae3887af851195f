import { MAP } from './bytes.js'
import { isSubscription, type ConnectionWord } from './connection-words.js'
import { readReply, type Reply } from './reply.js'
import type { OpenRequest } from './request.js'

/** What the replies so far have made of a connection. */
export interface ConnectionState {
  resp: 2 | 3
  database: number
  /** As CLIENT SETNAME or HELLO set it. */
  name: string
  /** As AUTH or HELLO set it. */
  user: string
  isMonitor: boolean
  /** Channels and patterns, by the kind of subscription. */
  readonly subscriptions: Subscriptions
}

type Subscriptions = Readonly<Record<'SUBSCRIBE' | 'PSUBSCRIBE' | 'SSUBSCRIBE', Set<string>>>

export function createConnectionState(): ConnectionState {
  const subscriptions = { SUBSCRIBE: new Set<string>(), PSUBSCRIBE: new Set<string>(), SSUBSCRIBE: new Set<string>() }
  return { resp: 2, database: 0, name: '', user: 'default', isMonitor: false, subscriptions }
}

/** In RESP2 such a connection gets messages between its replies. */
export function isSubscriber({ subscriptions }: ConnectionState): boolean {
  return subscriptions.SUBSCRIBE.size > 0 || subscriptions.PSUBSCRIBE.size > 0 || subscriptions.SSUBSCRIBE.size > 0
}

/** Applies a command that was done. `type` is the first byte of its reply, `undefined` when it has none. */
export function applyCommand(state: ConnectionState, word: ConnectionWord, args: readonly string[], type: number | undefined): void {
  switch (word) {
    case 'SELECT':
      state.database = Number(args[1])
      return
    case 'MONITOR':
      state.isMonitor = true
      return
    case 'AUTH':
      state.user = args.length > 2 ? (args[1] ?? '') : 'default'
      return
    case 'CLIENT':
      if (args[1]?.toUpperCase() === 'SETNAME') state.name = args[2] ?? ''
      return
    case 'HELLO':
      state.resp = type === undefined ? (args[1] === '3' ? 3 : args[1] === '2' ? 2 : state.resp) : type === MAP ? 3 : 2
      applyHello(state, args)
      return
    case 'RESET':
      Object.assign(state, { resp: 2, database: 0, name: '', user: 'default', isMonitor: false })
      for (const channels of Object.values(state.subscriptions)) channels.clear()
      return
    case 'MULTI':
    case 'EXEC':
    case 'DISCARD':
    case 'SUBSCRIBE':
    case 'PSUBSCRIBE':
    case 'SSUBSCRIBE':
    case 'UNSUBSCRIBE':
    case 'PUNSUBSCRIBE':
    case 'SUNSUBSCRIBE':
    // Transactions are the session's, subscriptions change with their confirmations.
  }
}

function applyHello(state: ConnectionState, args: readonly string[]): void {
  for (let at = 2; at < args.length; at += 1) {
    const option = args[at]?.toUpperCase()
    if (option === 'AUTH') {
      state.user = args[at + 1] ?? ''
      at += 2
    } else if (option === 'SETNAME') state.name = args[(at += 1)] ?? ''
  }
}

/** How many confirmations a (P|S)(UN)SUBSCRIBE gets, when the first of them has come and is not applied yet. */
export function expectedConfirmations<Tag>(state: ConnectionState, { word, args }: OpenRequest<Tag>): number {
  const channels = args().length - 1
  return channels > 0 ? channels : Math.max(1, channelsOf(state, word)?.size ?? 0)
}

/** `[subscribe, channel, count]`: a channel more, or less. */
export function applyConfirmation(state: ConnectionState, word: ConnectionWord | undefined, bytes: Buffer): void {
  if (!isSubscription(word)) return
  const reply: Reply = readReply(bytes)
  const channel = 'items' in reply ? reply.items[1] : undefined
  if (channel?.kind !== 'bulk') return
  const name = channel.bytes.toString('latin1')
  if (isUnsubscription(word)) channelsOf(state, word)?.delete(name)
  else channelsOf(state, word)?.add(name)
}

function isUnsubscription(word: ConnectionWord | undefined): boolean {
  return word !== undefined && word.includes('UNSUB')
}

function channelsOf({ subscriptions }: ConnectionState, word: ConnectionWord | undefined): Set<string> | undefined {
  if (word === 'SUBSCRIBE' || word === 'UNSUBSCRIBE') return subscriptions.SUBSCRIBE
  if (word === 'PSUBSCRIBE' || word === 'PUNSUBSCRIBE') return subscriptions.PSUBSCRIBE
  return word === 'SSUBSCRIBE' || word === 'SUNSUBSCRIBE' ? subscriptions.SSUBSCRIBE : undefined
}
