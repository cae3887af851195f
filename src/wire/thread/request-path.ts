import type { Conversation, LiveExchange } from '../conversation.js'
import { goesOn, type Fate } from './fate.js'
import type { KeptReplies } from './kept-replies.js'
import type { LinkProtocol, Message } from './link-host.js'
import type { Outlet } from './outlet.js'

/**
 * What a link does with the messages of its client: each one goes to the server, unless what has been decided about it is something else. Behind a
 * request that is held all others wait.
 */
export interface RequestPath {
  readonly take: (message: Message) => void
  /** Sends what may go of that which was taken. */
  readonly flush: () => void
  /** The message that is being taken has begun `exchange`. */
  readonly began: (exchange: LiveExchange) => void
  /** A request is kept back by a rule. */
  readonly isHeld: () => boolean
  /** Who has sent what waits behind the request that is held. */
  readonly waitingAuthors: () => readonly number[]
  /** Of what began last: who has sent it, and whether it has only waited behind another. */
  readonly author: () => { readonly participant: number; readonly hasWaited: boolean }
  /** The server does not answer what it got last before it gets more. */
  readonly isUnsynced: () => boolean
  /** The client has said that it ends its session. */
  readonly hasGoodbye: () => boolean
}

export interface RequestPathHost {
  readonly store: 'postgres' | 'redis'
  readonly goodbye: LinkProtocol['goodbye'] | undefined
  readonly conversation: Conversation
  readonly isWatched: () => boolean
  readonly decide: (exchange: LiveExchange) => Fate | Promise<Fate> | undefined
  readonly toServer: Outlet
  /** Bytes that stay as they are when the next message is read. */
  readonly lasting: (bytes: Buffer) => Buffer
  /** Nothing more is read from the client. */
  readonly pause: () => void
  readonly resume: () => void
  /** Whether the client is read on while a request of it is held. */
  readonly readsOn: () => boolean
  readonly isOver: () => boolean
  readonly keepReply: KeptReplies['keep']
  /** The link is cut when the server has carried out `exchange`. */
  readonly cutAfter: (exchange: LiveExchange) => void
  readonly cut: (reason: string, how: 'end' | 'reset') => void
  /** The client, or what was decided about a request of it, has failed. */
  readonly fail: (error: unknown) => void
  /** The client gets this from the tap itself; the link ends then, when there is a reason to. */
  readonly answer: (bytes: Buffer, endBecause: string | undefined) => void
}

/** What is read behind a request that is held. */
const BACKLOG_FRAMES = 10_000

export function createRequestPath(host: RequestPathHost): RequestPath {
  const { store, conversation, toServer, lasting } = host
  let isBlocked = false
  let begun: LiveExchange | undefined
  /** Requests that wait behind the one that is held. */
  let backlog: Message[] = []
  /** The rest of a large request that goes nowhere. */
  let isDiscarding = false
  /** How much of what waits for the server may go. */
  let boundary = 0
  let author: number | undefined
  let hasWaited = false
  let isUnsynced = false
  let hasGoodbye = false

  const apply = (fate: Fate, exchange: LiveExchange, isWhole: boolean): void => {
    const kept = toServer.takeFrom(boundary)
    if (goesOn(fate)) {
      if (fate.kind === 'cut') host.cutAfter(exchange)
      else if (fate.answered !== undefined) host.keepReply(exchange, fate.answered)
      for (const bytes of kept) toServer.add(bytes)
      boundary = toServer.waiting()
    } else if (fate.kind === 'answer') {
      toServer.add(conversation.replace(exchange, fate.answer))
      boundary = toServer.waiting()
      isDiscarding = !isWhole
    } else if (fate.kind === 'reset') {
      host.cut('a rule reset it', 'reset')
    } else {
      host.cut('a rule dropped it before the server got the request', 'end')
    }
  }

  const hold = (fate: Promise<Fate>, exchange: LiveExchange, isWhole: boolean): void => {
    isBlocked = true
    if (!host.readsOn()) host.pause()
    const goOn = (decided: Fate): void => {
      if (host.isOver()) return
      isBlocked = false
      if (goesOn(decided)) for (const bytes of toServer.takeFrom(boundary)) toServer.add(conversation.depart?.(bytes, 0, isWhole) ?? bytes)
      apply(decided, exchange, isWhole)
      const waiting = backlog
      backlog = []
      hasWaited = true
      for (const message of waiting) take(message)
      hasWaited = false
      toServer.flush(boundary)
      boundary = 0
      host.resume()
    }
    fate.then(goOn).catch(host.fail)
  }

  /** A further piece of a large message, whose first one was decided about. */
  const takeRest = ({ kind, bytes, index, isLast, totalBytes }: Message): void => {
    conversation.client(kind, bytes, totalBytes, index, isLast)
    if (!isDiscarding) toServer.add(conversation.depart?.(bytes, index, isLast) ?? lasting(bytes))
    if (isLast) isDiscarding = false
    if (!conversation.isInGroup() || !host.isWatched()) boundary = toServer.waiting()
  }

  const take = (message: Message): void => {
    if (host.isOver()) return
    if (isBlocked) {
      backlog.push({ ...message, bytes: lasting(message.bytes) })
      if (backlog.length > BACKLOG_FRAMES) host.pause()
      return
    }
    const { kind, bytes, isLast, totalBytes } = message
    author = message.author
    if (message.index > 0) return takeRest(message)
    if (kind === host.goodbye) hasGoodbye = true
    begun = undefined
    const step = conversation.client(kind, bytes, totalBytes, 0, isLast)
    if (step?.answer !== undefined) return host.answer(step.answer, step.end)
    if (step?.before !== undefined) {
      toServer.add(step.before)
      boundary = toServer.waiting()
    }
    const fate = begun === undefined ? undefined : host.decide(begun)
    // Execute, and Query, Sync or Flush.
    if (store === 'postgres') isUnsynced = kind === 'E' || (isUnsynced && !'QSH'.includes(kind))
    const isGoing = fate === undefined || (!(fate instanceof Promise) && goesOn(fate))
    toServer.add((isGoing ? conversation.depart?.(bytes, 0, isLast) : undefined) ?? lasting(bytes))
    if (step?.after !== undefined && isLast) toServer.add(step.after)
    if (fate === undefined || begun === undefined) {
      if (!conversation.isInGroup()) boundary = toServer.waiting()
    } else if (fate instanceof Promise) {
      hold(fate, begun, isLast)
    } else {
      apply(fate, begun, isLast)
    }
  }

  return {
    take,
    flush: () => {
      if (isBlocked || conversation.isInGroup()) toServer.flush(boundary)
      else toServer.flush()
      boundary = 0
    },
    began: (exchange) => {
      begun = exchange
    },
    isHeld: () => isBlocked,
    waitingAuthors: () => backlog.flatMap((message) => message.author ?? []),
    author: () => ({ participant: author ?? 0, hasWaited }),
    isUnsynced: () => isUnsynced,
    hasGoodbye: () => hasGoodbye,
  }
}
