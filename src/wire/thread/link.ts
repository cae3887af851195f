import type { Socket } from 'node:net'
import type { Conversation, LiveExchange } from '../conversation.js'
import type { FrameHandler, FrameReader } from '../frame-reader.js'
import { WireError } from '../wire-error.js'
import type { LinkHost, LinkProtocol, Message } from './link-host.js'
import { createKeptReplies } from './kept-replies.js'
import { createOutlet } from './outlet.js'
import { createPace } from './pace.js'
import { createRequestPath, type RequestPath } from './request-path.js'

/** One connection of a client through the tap. */
export interface Link extends Pick<RequestPath, 'isHeld' | 'waitingAuthors' | 'author' | 'isUnsynced'> {
  readonly id: number
  readonly store: 'postgres' | 'redis'
  /** @see ConnectionTraffic.instance */
  readonly instance: string | undefined
  /** @see ConnectionTraffic.replica */
  readonly replica: number | undefined
  readonly conversation: Conversation
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

export function openLink(
  { id, store, instance, replica }: Pick<Link, 'id' | 'store' | 'instance' | 'replica'>,
  client: Socket,
  server: Socket,
  protocol: LinkProtocol,
  host: LinkHost,
): Link {
  let isPaused = false
  let isOver = false
  let hasHungUp = false
  let reason: string | undefined
  let cutAfter: LiveExchange | undefined
  let isSilenced = false
  let chunk: Buffer | undefined

  const conversation = protocol.createConversation({
    ...host,
    refuseSession: () => host.refuseSession?.(link),
    connection: id,
    refused: (kind) => host.refused(store, kind),
    begin: (exchange) => {
      host.begin(exchange, link)
      requests.began(exchange)
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
  const mayRead = (): boolean => !requests.isHeld() && !isPaused
  const clientFlow = flow(client, mayRead)
  const serverFlow = flow(server, () => !toClient.isKept())
  const toServer = createOutlet(server, clientFlow.pause, clientFlow.resume)
  const toClient = createOutlet(client, serverFlow.pause, serverFlow.resume)
  const replies = createKeptReplies(toClient, conversation, () => host.told(link))
  /** What a reader hands out may be overwritten by the next; what lies in the chunk itself stays. */
  const lasting = (bytes: Buffer): Buffer => (bytes.buffer === chunk?.buffer ? bytes : Buffer.from(bytes))

  const cut = (why: string, how: 'end' | 'reset' = 'end'): void => {
    if (isOver) return
    reason ??= why
    if (how === 'reset') client.resetAndDestroy()
    else client.destroy()
    server.destroy()
  }

  /** Whatever it is: one connection ends, the others go on. */
  const fail = (side: string, error: unknown): void =>
    cut(`the ${side} sent what is no message: ${error instanceof WireError ? error.reason : String(error)}`)

  const requests = createRequestPath({
    store,
    goodbye: protocol.goodbye,
    conversation,
    isWatched: host.isWatched,
    decide: (exchange) => host.decide(exchange, link),
    toServer,
    lasting,
    pause: clientFlow.pause,
    resume: clientFlow.resume,
    readsOn: () => host.author() !== undefined,
    isOver: () => isOver,
    keepReply: replies.keep,
    cutAfter: (exchange) => {
      cutAfter = exchange
    },
    cut,
    fail: (error) => fail('client', error),
    answer: (bytes, endBecause) => {
      toClient.add(bytes)
      toClient.flush()
      if (endBecause === undefined) return
      reason = endBecause
      client.end()
      server.destroy()
    },
  })
  const isLeaving = (): boolean => hasHungUp || requests.hasGoodbye()

  const handleServer = ({ kind, bytes, index, isLast, totalBytes }: Message): void => {
    if (isOver) return
    const current = conversation.current()
    isSilenced ||= cutAfter !== undefined && current === cutAfter
    // A server that ends just then tells why; who has said goodbye with nothing left to answer would take that for an error.
    const isOwed = !isLeaving() || conversation.isBusy()
    const shown = conversation.server(kind, bytes, totalBytes, index, isLast)
    if (shown === false || isSilenced || isOver || !isOwed) return
    toClient.add(shown === true ? lasting(bytes) : shown)
    replies.added(kind, bytes.length)
  }

  const handler = (handle: (message: Message) => void): FrameHandler => ({
    frame: (kind, bytes) => handle({ kind, bytes, index: 0, isLast: true, totalBytes: bytes.length, author: host.author() }),
    piece: (kind, bytes, index, isLast, totalBytes) => handle({ kind, bytes, index, isLast, totalBytes, author: host.author() }),
  })
  const fromClient = protocol.clientFrames(handler(requests.take))
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
    requests.flush()
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
    hasHungUp = true
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
    instance,
    replica,
    conversation,
    isHeld: requests.isHeld,
    waitingAuthors: requests.waitingAuthors,
    author: requests.author,
    isUnsynced: requests.isUnsynced,
    isLeaving: () => isLeaving() && !isOver,
    endedBecause: () => reason,
    cut,
    retire: () => {
      if (isOver) return
      end()
      server.destroy()
      client.removeAllListeners('data')
      client.on('end', () => client.end())
      // That event is over for who has hung up already, and would be left half open for ever.
      if (hasHungUp) client.end()
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
