import { createFifo } from '../../primitives/fifo.js'
import type { ReplyDigest, TransactionStatus } from '../exchange.js'
import { createArgumentCollector, readArguments } from './arguments.js'
import { ARRAY, ERROR, MINUS, PUSH, STATUS } from './bytes.js'
import type { CommandTable } from './command-table.js'
import {
  applyCommand,
  applyConfirmation,
  createConnectionState,
  expectedConfirmations,
  isSubscriber,
  type ConnectionState,
} from './connection-state.js'
import { isSubscription } from './connection-words.js'
import { createDigestReader, type DigestReader } from './reply-digest.js'
import { FRAME_LIMIT } from '../frame-reader.js'
import { createReplyMode } from './reply-mode.js'
import { createRequest, type OpenRequest, type RedisRequest } from './request.js'
import { createElementSplitter } from './transaction.js'
import { isMonitorLine, readConfirmedWord, readMessageWord } from './unasked.js'

/** What comes without having been asked for, or not by one command: `message` also stands for invalidations and other pushes. */
export type UnaskedKind = 'message' | 'monitor' | 'orphan'

export interface RedisSessionEvents<Tag = unknown> {
  /** A command has come, or the first piece of it, and is not sent yet. */
  readonly begin: (request: RedisRequest<Tag>) => void
  /**
   * The reply is complete: its bytes, valid during the call, or the digest of one of more than 64 kB. `undefined`: none will come. The reply
   * of a command in a transaction is its element of EXEC's, told before EXEC's own; that of a subscription is its last confirmation.
   */
  readonly end: (request: RedisRequest<Tag>, reply: Buffer | ReplyDigest | undefined, replyBytes: number) => void
  readonly unasked: (what: UnaskedKind, bytes: Buffer, index: number, isLast: boolean) => void
}

/** Follows one connection: pairs what the client asks with what the server answers. Feed it from the two frame readers. */
export interface RedisSession<Tag = unknown> {
  /** A frame of the client, or a piece of one. Gives the request, unless it is none (kind `empty`). */
  readonly client: (kind: string, bytes: Buffer, index?: number, isLast?: boolean) => RedisRequest<Tag> | undefined
  /** A frame of the server, or a piece of one. Gives the request that it answers; QUEUED answers the command that is queued. */
  readonly server: (kind: string, bytes: Buffer, index?: number, isLast?: boolean) => RedisRequest<Tag> | undefined
  /** The connection is gone: what waits ends without a reply. */
  readonly close: () => void
  /** What the next reply belongs to. */
  readonly current: () => RedisRequest<Tag> | undefined
  /** What the next reply of EXEC has elements for, in order. */
  readonly queued: () => readonly RedisRequest<Tag>[]
  /** Requests without a whole reply, those in an open transaction included. */
  readonly pending: () => number
  /** `T` between MULTI and EXEC. */
  readonly status: () => TransactionStatus
  readonly state: () => Readonly<Omit<ConnectionState, 'subscriptions'>> & { readonly isSubscriber: boolean }
}

const QUEUED = Buffer.from('+QUEUED\r\n')

export function createRedisSession<Tag = unknown>(table: CommandTable, events: RedisSessionEvents<Tag>): RedisSession<Tag> {
  type Open = OpenRequest<Tag>
  const state = createConnectionState()
  const mode = createReplyMode()
  const waiting = createFifo<Open>()
  /** Queued commands, while the server has said that there is a transaction. */
  let transaction: Open[] | undefined
  /** By what the client sent. */
  let isQueueing = false
  let arriving: { readonly request: Open; readonly read: (piece: Buffer) => void } | undefined
  let replyType: number | undefined
  let answered: { readonly target: Open | UnaskedKind; readonly digest: DigestReader; readonly split: Split | undefined } | undefined

  const end = (request: Open, reply: Buffer | ReplyDigest | undefined, replyBytes: number, type: number | undefined): void => {
    request.resp = state.resp
    request.database = state.database
    const { word } = request
    if (word !== undefined && type !== ERROR) {
      applyCommand(state, word, request.args(), type)
      if (word === 'HELLO') request.resp = state.resp
    }
    events.end(request, reply, replyBytes)
  }

  /** Ends those in front that nothing will answer. */
  const endSilent = (): void => {
    for (let next = waiting.first(); next?.isSilent === true && next.isWhole; next = waiting.first()) {
      waiting.take()
      end(next, undefined, 0, undefined)
    }
    if (waiting.size() === 0) isQueueing = transaction !== undefined
  }

  const discard = (): void => {
    const queued = transaction ?? []
    transaction = undefined
    for (const request of queued) events.end(request, undefined, 0)
  }

  type Split = { readonly read: (piece: Buffer) => void; readonly finish: () => void }
  const splitTransaction = (): Split => {
    const queued = transaction ?? []
    let next = 0
    const read = createElementSplitter((element, bytes, type) => {
      const request = queued[next++]
      if (request === undefined) return
      if (Buffer.isBuffer(element)) applyConfirmation(state, request.word, element)
      end(request, element, bytes, type)
    })
    const finish = (): void => {
      transaction = queued.slice(next)
      discard()
    }
    return { read, finish }
  }

  const begin = (kind: 'command' | 'inline', bytes: Buffer, isWhole: boolean): Open => {
    if (isWhole) {
      let isHere = true
      const readArgs = (): readonly string[] => {
        if (!isHere) throw new Error('The arguments of a request are read while it begins, or not at all.')
        return readArguments(kind, bytes)
      }
      const request = createRequest<Tag>(table, kind, bytes, true, readArgs, state)
      announce(request)
      isHere = false
      return request
    }
    const collector = createArgumentCollector()
    collector.read(bytes)
    const request = createRequest<Tag>(table, kind, bytes, false, () => collector.args, state)
    arriving = { request, read: collector.read }
    announce(request)
    return request
  }

  const announce = (request: Open): void => {
    const { word } = request
    request.inTransaction = isQueueing && word !== 'EXEC' && word !== 'DISCARD' && word !== 'RESET'
    request.isSilent = mode.isSilent(request)
    events.begin(request)
    if (request.isWithdrawn) return
    mode.pass(request)
    if (request.word === 'MULTI') isQueueing = true
    else if (request.word === 'EXEC' || request.word === 'DISCARD' || request.word === 'RESET') isQueueing = false
    waiting.push(request)
    endSilent()
  }

  const client: RedisSession<Tag>['client'] = (kind, bytes, index = 0, isLast = true) => {
    if (kind === 'empty') {
      mode.passEmpty()
      return undefined
    }
    if (index === 0) return begin(kind === 'inline' ? 'inline' : 'command', bytes, isLast)
    if (arriving === undefined) return undefined
    const { request, read } = arriving
    read(bytes)
    request.bytes += bytes.length
    if (isLast) {
      request.isWhole = true
      arriving = undefined
      endSilent()
    }
    return request
  }

  const route = (kind: string, bytes: Buffer): Open | UnaskedKind => {
    const first = waiting.first()
    const isConfirming = isSubscription(first?.word) && bytes[0] === (kind === 'push' ? PUSH : ARRAY)
    if (first !== undefined && isConfirming && readConfirmedWord(bytes) === first.word) return first
    if (kind === 'push') return 'message'
    if (state.resp === 2 && isSubscriber(state) && readMessageWord(bytes)) return 'message'
    if (state.isMonitor && isMonitorLine(bytes)) return 'monitor'
    return first ?? 'orphan'
  }

  const finish = (request: Open, reply: Buffer | ReplyDigest, bytes: number, type: number | undefined): void => {
    request.replyBytes += bytes
    const { word } = request
    if (isSubscription(word) && (type === ARRAY || type === PUSH)) {
      if (request.confirmations === 0) request.confirmations = expectedConfirmations(state, request)
      if (Buffer.isBuffer(reply)) applyConfirmation(state, word, reply)
      request.confirmations -= 1
      if (request.confirmations > 0) return
    }
    waiting.take()
    if (transaction === undefined) request.inTransaction = false
    else if (Buffer.isBuffer(reply) && reply.equals(QUEUED)) {
      request.inTransaction = true
      // The element of EXEC's reply counts, not this.
      request.replyBytes = 0
      transaction.push(request)
      endSilent()
      return
    }
    if (word === 'EXEC' || ((word === 'DISCARD' || word === 'RESET') && type === STATUS)) discard()
    else if (word === 'MULTI' && type === STATUS) transaction = []
    end(request, reply, request.replyBytes, type)
    endSilent()
  }

  const isElements = (target: Open | UnaskedKind, bytes: Buffer): boolean =>
    typeof target === 'object' && target.word === 'EXEC' && transaction !== undefined && bytes[0] === ARRAY && bytes[1] !== MINUS

  const server: RedisSession<Tag>['server'] = (kind, bytes, index = 0, isLast = true) => {
    if (index === 0) {
      const target = route(kind, bytes)
      const split = isElements(target, bytes) ? splitTransaction() : undefined
      if (!isLast) answered = { target, digest: createDigestReader(), split }
      else if (typeof target === 'string') events.unasked(target, bytes, 0, true)
      else {
        split?.read(bytes)
        split?.finish()
        finish(target, bytes.length > FRAME_LIMIT ? digestWhole(bytes) : bytes, bytes.length, bytes[0])
      }
      if (isLast) return typeof target === 'string' ? undefined : target
    }
    if (answered === undefined) return undefined
    const { target, digest, split } = answered
    if (isLast) answered = undefined
    if (typeof target === 'string') {
      events.unasked(target, bytes, index, isLast)
      return undefined
    }
    digest.read(bytes)
    split?.read(bytes)
    if (index === 0) replyType = bytes[0]
    if (!isLast) {
      target.replyBytes += bytes.length
      return target
    }
    split?.finish()
    finish(target, digest.digest(), bytes.length, replyType)
    return target
  }

  return {
    client,
    server,
    close: () => {
      discard()
      for (let next = waiting.take(); next !== undefined; next = waiting.take()) events.end(next, undefined, next.replyBytes)
    },
    current: () => waiting.first(),
    queued: () => transaction ?? [],
    pending: () => waiting.size() + (transaction?.length ?? 0),
    status: () => (transaction === undefined ? 'I' : 'T'),
    state: () => ({ ...withoutSubscriptions(state), isSubscriber: isSubscriber(state) }),
  }
}

function digestWhole(bytes: Buffer): ReplyDigest {
  const { read, digest } = createDigestReader()
  read(bytes)
  return digest()
}

function withoutSubscriptions({ resp, database, name, user, isMonitor }: ConnectionState): Omit<ConnectionState, 'subscriptions'> {
  return { resp, database, name, user, isMonitor }
}
