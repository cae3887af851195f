import { HotbedError } from '../../primitives/error.js'
import type { Conversation, ConversationHost } from '../conversation.js'
import type { ReplyDigest } from '../exchange.js'
import type { Answer, AnswerValue } from '../rule.js'
import type { PieceEditor } from './clock/element-editor.js'
import { createExecEditor, createReplyEditor, type ReplyTimes } from './clock/reply-times.js'
import type { TapClock } from './clock/tap-clock.js'
import { translateRequest, type Translation } from './clock/translate-request.js'
import type { CommandTable } from './command-table.js'
import type { LiveCommand } from './live-command.js'
import { digestReply } from './reply-digest.js'
import { readReply } from './reply.js'
import type { RedisRequest } from './request.js'
import { createRedisSession } from './session.js'

/** Larger replies are kept as a digest only. */
const KEPT_BYTES = 4_096
/** Has one reply and changes nothing. */
const HARMLESS = encodeCommand('ECHO', 'hotbed')
/** Fails the transaction that it is queued in, as a command with a wrong argument does. */
const UNKNOWN = encodeCommand('HOTBED.REPLACED')

/** What belongs to a request: its exchange, and what the client gets instead of its reply. */
interface Tag {
  /** Only while somebody wants to know of it. */
  readonly command: LiveCommand | undefined
  replacement: Buffer | undefined
  /** What its reply says of the server's time. */
  times: ReplyTimes | undefined
}

/** A connection to Redis. */
export function createRedisConversation(host: ConversationHost, table: CommandTable, clock: TapClock): Conversation {
  /** The request that was begun last, by its exchange. */
  let begun: RedisRequest<Tag> | undefined
  /** The reply in pieces that is under way is replaced. */
  let isReplacing = false
  /** Of the request in pieces that is on its way. */
  let translation: Translation | undefined
  /** Of the reply in pieces that is under way. */
  let replyEditor: PieceEditor | undefined
  /** What EXEC has elements for, if it is EXEC that is answered. */
  let queued: readonly RedisRequest<Tag>[] = []
  let orphans = 0
  /** The request that is read begins as those do that may wait. */
  let mayWait = false
  /** Requests that may wait for as long as they like. */
  const patient = new WeakSet<RedisRequest<Tag>>()

  const session = createRedisSession<Tag>(table, {
    begin: (request) => {
      begun = request
      if (!host.isWatched()) {
        // The bytes are gone when it departs.
        if ((mayWait || clock.offsetMs() > 0) && request.facts().isBlocking) patient.add(request)
        return
      }
      const args = request.args()
      const { keyPositions, isScript, isBlocking } = request.facts()
      const command: LiveCommand = {
        store: 'redis',
        connection: 0,
        start: 0,
        end: undefined,
        startMs: 0,
        endMs: undefined,
        requestBytes: request.bytes,
        replyBytes: 0,
        steered: undefined,
        args,
        keyPositions,
        reply: undefined,
        inTransaction: request.inTransaction,
        isScript,
        isBlocking,
        resp: request.resp,
        database: request.database,
      }
      if (isBlocking) patient.add(request)
      request.tag = { command, replacement: undefined, times: undefined }
      host.begin(command)
    },
    end: (request, reply, replyBytes) => {
      const { tag } = request
      if (tag?.command === undefined) {
        // It was sent before anybody watched; whoever waits for its end does now.
        if (host.isWatched()) host.ready()
        return
      }
      const { command, replacement } = tag
      // Of a large one not all had come at its beginning.
      command.args = request.args()
      command.keyPositions = request.facts().keyPositions
      command.requestBytes = request.bytes
      command.replyBytes = replacement?.length ?? replyBytes
      command.inTransaction = request.inTransaction
      command.resp = request.resp
      command.database = request.database
      command.reply = keep(replacement ?? (Buffer.isBuffer(reply) ? (editorFor(request)?.(reply) ?? reply) : reply))
      host.end(command)
    },
    unasked: (what, _bytes, index) => {
      if (what === 'orphan' && index === 0) orphans += 1
    },
  })

  const translate = (request: RedisRequest<Tag>): Translation | undefined => {
    const found = translateRequest(request, clock.offsetMs(), clock.texts)
    if (found?.untranslated !== undefined) clock.note({ ...found.untranslated, connection: host.connection })
    if (found?.reply !== undefined) {
      request.tag ??= { command: undefined, replacement: undefined, times: undefined }
      request.tag.times = found.reply
    }
    return found
  }

  const editorFor = (answered: RedisRequest<Tag>): PieceEditor | undefined => {
    if (answered.tag?.times !== undefined) return createReplyEditor(answered.tag.times)
    if (answered.word !== 'EXEC' || !queued.some(({ tag }) => tag?.times !== undefined)) return undefined
    const elements = queued
    return createExecEditor((element) => elements[element]?.tag?.times)
  }

  /** An editor may give nothing for a piece yet. */
  const shown = (frame: Buffer): boolean | Buffer => {
    if (replyEditor === undefined) return true
    const edited = replyEditor(frame)
    return edited.length > 0 && edited
  }

  return {
    client: (kind, frame, _totalBytes, index, isLast) => {
      if (index === 0) {
        begun = undefined
        mayWait = beginsPatiently(frame)
        if (isLast && kind === 'command') clock.texts.look(frame)
      }
      session.client(kind, frame, index, isLast)
      return undefined
    },
    server: (kind, frame, _totalBytes, index, isLast) => {
      if (index > 0) {
        session.server(kind, frame, index, isLast)
        return isReplacing ? false : shown(frame)
      }
      queued = session.queued()
      const replacement = session.current()?.tag?.replacement
      const answered = session.server(kind, frame, index, isLast)
      isReplacing = replacement !== undefined && answered?.tag?.replacement === replacement
      if (isReplacing && replacement !== undefined) return replacement
      replyEditor = answered === undefined ? undefined : editorFor(answered)
      return shown(frame)
    },
    depart: (frame, index, isLast) => {
      if (index === 0) translation = begun === undefined || clock.offsetMs() === 0 ? undefined : translate(begun)
      if (translation === undefined) return undefined
      const edited = translation.edit?.(frame, isLast)
      const command = begun?.tag?.command
      const steered = isLast ? translation.steered() : undefined
      if (command !== undefined && steered !== undefined) {
        command.steered = command.steered === undefined ? steered : `${command.steered}, ${steered}`
      }
      return edited
    },
    rows: () => {},
    isAhead: () => false,
    current: () => session.current()?.tag?.command,
    isInGroup: () => false,
    replace: (exchange, answer) => {
      const request = begun
      if (request?.tag?.command !== exchange)
        throw new HotbedError('ERR_HOTBED_TAP', { message: 'Only the command that was just begun can be answered.' })
      request.substitute()
      if (!request.inTransaction) {
        request.tag.replacement = encodeAnswer(answer)
        return HARMLESS
      }
      const inMulti: Answer =
        'error' in answer ? answer : { error: { code: 'ERR', message: 'a rule of hotbed gives no value inside MULTI' } }
      request.tag.replacement = encodeAnswer(inMulti)
      return UNKNOWN
    },
    isSettled: (exchange) => exchange.end !== undefined,
    status: session.status,
    isStarting: () => false,
    isBusy: () => session.pending() > 0,
    isOwed: () => {
      const first = session.current()
      return first !== undefined && !patient.has(first)
    },
    description: () => {
      const { name, user, database } = session.state()
      return { name: name ?? '', user: user ?? '', database: String(database), processId: undefined, orphans }
    },
  }
}

function keep(reply: Buffer | ReplyDigest | undefined): string | ReplyDigest | undefined {
  if (!Buffer.isBuffer(reply)) return reply
  return reply.length <= KEPT_BYTES ? reply.toString('latin1') : digestReply(readReply(reply))
}

/**
 * By the first letter of its name, in `*2\r\n$5\r\nBLPOP`: BLPOP and its like, XREAD, WAIT. To decode each command that nobody wants to know of would
 * cost more than all else that is done with it.
 */
function beginsPatiently(frame: Buffer): boolean {
  const letter = frame[frame.indexOf(LINE_FEED, frame.indexOf(LINE_FEED) + 1) + 1] ?? 0
  return PATIENT_LETTERS.has(letter & UPPER_CASE)
}

const LINE_FEED = 10
const UPPER_CASE = 0xdf
const PATIENT_LETTERS: ReadonlySet<number> = new Set(Buffer.from('BWX'))

function encodeCommand(...args: readonly string[]): Buffer {
  return Buffer.from(`*${args.length}\r\n${args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join('')}`)
}

/** In RESP2's form, which every client of RESP3 reads too. */
function encodeAnswer(answer: Answer): Buffer {
  if ('error' in answer) return Buffer.from(`-${answer.error.code} ${answer.error.message.replaceAll(/[\r\n]+/g, ' ')}\r\n`)
  return Buffer.from(encodeValue('value' in answer ? answer.value : null))
}

function encodeValue(value: AnswerValue): string {
  if (value === null) return '$-1\r\n'
  if (typeof value === 'number') return `:${value}\r\n`
  if (typeof value === 'string') return `$${Buffer.byteLength(value)}\r\n${value}\r\n`
  return `*${value.length}\r\n${value.map(encodeValue).join('')}`
}
