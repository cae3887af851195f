import type { Socket } from 'node:net'
import type { Conversation, LiveExchange } from '../conversation.js'
import { goesOn, type Fate } from './fate.js'
import type { FrameHandler, FrameReader } from '../frame-reader.js'
import { WireError } from '../wire-error.js'
import type { LinkHost, LinkProtocol, Message } from './link-host.js'
import { createKeptReplies } from './kept-replies.js'
import { createOutlet } from './outlet.js'
import { createPace } from './pace.js'

/** One connection of a client through the tap. */
export interface Link {
  readonly id: number
  readonly store: 'postgres' | 'redis'
  readonly conversation: Conversation
  /** A request of it is kept back by a rule. */
  readonly isHeld: () => boolean
  /** Who has sent what waits behind the request that is held. */
  readonly waitingAuthors: () => readonly number[]
  /** Of what began last: who has sent it, and whether it has only waited behind another. */
  readonly author: () => { readonly participant: number; readonly hasWaited: boolean }
  /** The server does not answer what it got last before it gets more. */
  readonly isUnsynced: () => boolean
  /** The client has said goodbye, and the server has not gone yet. */
  readonly isLeaving: () => boolean
  /** Why the tap ended it. */
  readonly endedBecause: () => string | undefined
  /** Ends the server's side and leaves that of an idle client open and silent: no pool takes that for an error. */
  readonly retire: () => void
  /** Ends both sides, for `reason`; with `reset` by a TCP reset. */
  readonly cut: (reason: string, how?: 'end' | 'reset') => void
  readonly setPace: (bytesPerSecond: number | undefined) => void
  /** While it is paused, nothing is taken from the client; what has been taken goes on. */
  readonly setPaused: (paused: boolean) => void
}

/** What is read behind a request that is held. */
const BACKLOG_FRAMES = 10_000

export function openLink(id: number, store: Link['store'], client: Socket, server: Socket, protocol: LinkProtocol, host: LinkHost): Link {
  let isBlocked = false
  let isPaused = false
  let isOver = false
  let isLeaving = false
  let reason: string | undefined
  let begun: LiveExchange | undefined
  /** Requests that wait behind the one that is held. */
  let backlog: Message[] = []
  /** The rest of a large request that goes nowhere. */
  let isDiscarding = false
  let cutAfter: LiveExchange | undefined
  let isSilenced = false
  let chunk: Buffer | undefined
  let author: number | undefined
  let hasWaited = false
  let isUnsynced = false

  const conversation = protocol.createConversation({
    connection: id,
    isWatched: host.isWatched,
    wantsPlans: host.wantsPlans,
    ready: host.ready,
    begin: (exchange) => {
      host.begin(exchange, link)
      begun = exchange
    },
    end: (exchange) => {
      const until = host.end(exchange, link)
      if (exchange === cutAfter && conversation.isSettled(exchange)) cut('a rule dropped it after the server had answered')
      else if (until !== undefined) toClient.keep(until)
    },
  })
  const flow = (socket: Socket, isOpen: () => boolean) => ({
    pause: () => void socket.pause(),
    resume: () => void (isOpen() && socket.resume()),
  })
  const mayRead = (): boolean => !isBlocked && !isPaused
  const clientFlow = flow(client, mayRead)
  const serverFlow = flow(server, () => !toClient.isKept())
  const toServer = createOutlet(server, clientFlow.pause, clientFlow.resume)
  const toClient = createOutlet(client, serverFlow.pause, serverFlow.resume)
  const replies = createKeptReplies(toClient, conversation, () => host.told(link))
  /** How much of what waits for the server may go. */
  let boundary = 0

  /** What a reader hands out may be overwritten by the next; what lies in the chunk itself stays. */
  const lasting = (bytes: Buffer): Buffer => (bytes.buffer === chunk?.buffer ? bytes : Buffer.from(bytes))

  const cut = (why: string, how: 'end' | 'reset' = 'end'): void => {
    if (isOver) return
    reason ??= why
    if (how === 'reset') client.resetAndDestroy()
    else client.destroy()
    server.destroy()
  }

  const apply = (fate: Fate, exchange: LiveExchange, isWhole: boolean): void => {
    const kept = toServer.takeFrom(boundary)
    if (goesOn(fate)) {
      if (fate.kind === 'cut') cutAfter = exchange
      else if (fate.answered !== undefined) replies.keep(exchange, fate.answered)
      for (const bytes of kept) toServer.add(bytes)
      boundary = toServer.waiting()
    } else if (fate.kind === 'answer') {
      toServer.add(conversation.replace(exchange, fate.answer))
      boundary = toServer.waiting()
      isDiscarding = !isWhole
    } else {
      cut(
        fate.kind === 'reset' ? 'a rule reset it' : 'a rule dropped it before the server got the request',
        fate.kind === 'reset' ? 'reset' : 'end',
      )
    }
  }

  const hold = (fate: Promise<Fate>, exchange: LiveExchange, isWhole: boolean): void => {
    isBlocked = true
    if (host.author() === undefined) client.pause()
    const goOn = (decided: Fate): void => {
      if (isOver) return
      isBlocked = false
      if (goesOn(decided)) for (const bytes of toServer.takeFrom(boundary)) toServer.add(conversation.depart?.(bytes, 0, isWhole) ?? bytes)
      apply(decided, exchange, isWhole)
      const waiting = backlog
      backlog = []
      hasWaited = true
      for (const message of waiting) handleClient(message)
      hasWaited = false
      toServer.flush(boundary)
      boundary = 0
      if (mayRead()) client.resume()
    }
    fate.then(goOn).catch((error: unknown) => fail('client', error))
  }

  /** Whatever it is: one connection ends, the others go on. */
  const fail = (side: string, error: unknown): void =>
    cut(`the ${side} sent what is no message: ${error instanceof WireError ? error.reason : String(error)}`)

  const handleClient = (message: Message): void => {
    if (isOver) return
    if (isBlocked) {
      backlog.push({ ...message, bytes: lasting(message.bytes) })
      if (backlog.length > BACKLOG_FRAMES) client.pause()
      return
    }
    const { kind, index, isLast, totalBytes } = message
    author = message.author
    if (index > 0) {
      conversation.client(kind, message.bytes, totalBytes, index, isLast)
      if (!isDiscarding) toServer.add(conversation.depart?.(message.bytes, index, isLast) ?? lasting(message.bytes))
      if (isLast) isDiscarding = false
      if (!conversation.isInGroup() || !host.isWatched()) boundary = toServer.waiting()
      return
    }
    if (kind === protocol.goodbye) isLeaving = true
    begun = undefined
    const step = conversation.client(kind, message.bytes, totalBytes, 0, isLast)
    if (step?.answer !== undefined) {
      toClient.add(step.answer)
      toClient.flush()
      if (step.end !== undefined) {
        reason = step.end
        client.end()
        server.destroy()
      }
      return
    }
    if (step?.before !== undefined) {
      toServer.add(step.before)
      boundary = toServer.waiting()
    }
    const fate = begun === undefined ? undefined : host.decide(begun, link)
    // Execute, and Query, Sync or Flush.
    if (store === 'postgres') isUnsynced = kind === 'E' || (isUnsynced && !'QSH'.includes(kind))
    const isGoing = fate === undefined || (!(fate instanceof Promise) && goesOn(fate))
    toServer.add((isGoing ? conversation.depart?.(message.bytes, 0, isLast) : undefined) ?? lasting(message.bytes))
    if (step?.after !== undefined && isLast) toServer.add(step.after)
    if (fate === undefined || begun === undefined) {
      if (!conversation.isInGroup()) boundary = toServer.waiting()
    } else if (fate instanceof Promise) {
      hold(fate, begun, isLast)
    } else {
      apply(fate, begun, isLast)
    }
  }

  const handleServer = ({ kind, bytes, index, isLast, totalBytes }: Message): void => {
    if (isOver) return
    const current = conversation.current()
    isSilenced ||= cutAfter !== undefined && current === cutAfter
    const isOwed = conversation.isBusy()
    const shown = conversation.server(kind, bytes, totalBytes, index, isLast)
    // A server that ends just then tells why; who has said goodbye with nothing left to answer would take that for an error.
    if (shown === false || isSilenced || isOver || (isLeaving && !isOwed)) return
    toClient.add(shown === true ? lasting(bytes) : shown)
    replies.added(kind, bytes.length)
  }

  const handler = (handle: (message: Message) => void): FrameHandler => ({
    frame: (kind, bytes) => handle({ kind, bytes, index: 0, isLast: true, totalBytes: bytes.length, author: host.author() }),
    piece: (kind, bytes, index, isLast, totalBytes) => handle({ kind, bytes, index, isLast, totalBytes, author: host.author() }),
  })
  const fromClient = protocol.clientFrames(handler(handleClient))
  const fromServer = protocol.serverFrames({
    ...handler(handleServer),
    run: (kind, count, bytes) => {
      if (isOver) return
      conversation.rows(kind, count, bytes.length)
      isSilenced ||= cutAfter !== undefined && conversation.current() === cutAfter
      if (isSilenced) return
      toClient.add(lasting(bytes))
      replies.added(kind, bytes.length)
    },
  })

  const read = (reader: FrameReader, bytes: Buffer, side: string): void => {
    chunk = bytes
    try {
      reader.read(bytes)
    } catch (error) {
      fail(side, error)
    }
    chunk = undefined
  }
  const takeFromClient = (bytes: Buffer): void => {
    read(fromClient, bytes, 'client')
    if (isBlocked || conversation.isInGroup()) toServer.flush(boundary)
    else toServer.flush()
    boundary = 0
  }
  const takeFromServer = (bytes: Buffer): void => {
    read(fromServer, bytes, 'server')
    if (!conversation.isAhead()) replies.flush()
  }
  const { paced, setPace } = createPace(() => isOver)
  client.on('data', paced(client, takeFromClient, mayRead))
  server.on(
    'data',
    paced(server, takeFromServer, () => !toClient.isKept()),
  )
  const end = (): void => {
    if (isOver) return
    isOver = true
    host.closed(link)
  }
  client.on('end', () => {
    isLeaving = true
    server.end()
  })
  client.on('close', () => {
    server.destroy()
    end()
  })
  client.on('error', () => server.destroy())
  server.on('end', () => {
    toClient.flush()
    if (!isOver) client.end()
  })
  server.on('error', (error: NodeJS.ErrnoException) => {
    // As the client would learn of it without us. It is connected already, so what is refused to us is a reset to it.
    cut(`the server's side failed: ${error.code ?? error.message}`, /^ECONN(?:RESET|REFUSED)$/.test(error.code ?? '') ? 'reset' : 'end')
  })

  const link: Link = {
    id,
    store,
    conversation,
    isHeld: () => isBlocked,
    waitingAuthors: () => backlog.flatMap((message) => message.author ?? []),
    author: () => ({ participant: author ?? 0, hasWaited }),
    isUnsynced: () => isUnsynced,
    isLeaving: () => isLeaving && !isOver,
    endedBecause: () => reason,
    cut,
    retire: () => {
      if (isOver) return
      end()
      server.destroy()
      client.removeAllListeners('data')
      client.on('end', () => client.end())
      // Silence is for those that idle: whoever asks, or waits for an answer, is told by the end of the connection.
      client.on('data', () => client.destroy())
      if (store === 'postgres' && conversation.isBusy()) client.destroy()
      client.resume()
      client.unref()
    },
    setPace,
    setPaused: (paused) => {
      isPaused = paused
      if (paused) client.pause()
      else if (mayRead()) client.resume()
    },
  }
  return link
}
