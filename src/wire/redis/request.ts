import { findKeys, isBlocking, isScript, type CommandTable } from './command-table.js'
import { readConnectionWord, toConnectionWord, type ConnectionWord } from './connection-words.js'

/** One command on its way. What changes while it lives is read anew each time; nothing is decoded before it is asked for. */
export interface RedisRequest<Tag = unknown> {
  /** For whoever follows the session: what belongs to this request. */
  tag: Tag | undefined
  readonly kind: 'command' | 'inline'
  /** Set where the command changes how the connection goes on. */
  readonly word: ConnectionWord | undefined
  /** In upper case. Like `args`, to be called in `begin` first: later the bytes are gone. */
  readonly name: () => string
  /** Latin1 bytes, each cut at 4 kB, the name first. Of a request that comes in pieces: those that have come. */
  readonly args: () => readonly string[]
  readonly facts: () => RequestFacts
  /** Of the request, as far as it has come. */
  readonly bytes: number
  /** False while pieces of it are missing. */
  readonly isWhole: boolean
  /** Between MULTI and EXEC: by what the client sent before it, and from its reply on for certain. */
  readonly inTransaction: boolean
  /** No reply will come: CLIENT REPLY OFF or SKIP. */
  readonly isSilent: boolean
  /** The protocol and the database that it ran in; certain from its end on. */
  readonly resp: 2 | 3
  readonly database: number
  /** To be called in `begin`: another command is sent in its place, one that has one reply and changes nothing of the connection. */
  readonly substitute: () => void
  /** To be called in `begin`: nothing is sent, and no reply will come. */
  readonly withdraw: () => void
}

export interface RequestFacts {
  /** `undefined` where only the server could say. */
  readonly keyPositions: readonly number[] | undefined
  readonly isScript: boolean
  readonly isBlocking: boolean
}

/** The same request, as the session writes it. */
export interface OpenRequest<Tag> extends RedisRequest<Tag> {
  bytes: number
  isWhole: boolean
  inTransaction: boolean
  isSilent: boolean
  resp: 2 | 3
  database: number
  word: ConnectionWord | undefined
  isWithdrawn: boolean
  /** Of SUBSCRIBE and its like. */
  confirmations: number
  replyBytes: number
}

/** `readArgs` is called until the request is whole, and once more. `first` is the whole of it, or its first piece. */
export function createRequest<Tag>(
  table: CommandTable,
  kind: 'command' | 'inline',
  first: Buffer,
  isWhole: boolean,
  readArgs: () => readonly string[],
  connection: { readonly resp: 2 | 3; readonly database: number },
): OpenRequest<Tag> {
  let parsed: readonly string[] | undefined
  let facts: RequestFacts | undefined
  const args = (): readonly string[] => {
    if (parsed !== undefined) return parsed
    const found = readArgs()
    if (request.isWhole) parsed = found
    return found
  }
  const request: OpenRequest<Tag> = {
    tag: undefined,
    kind,
    name: () => (args()[0] ?? '').toUpperCase(),
    args,
    facts: () => {
      if (facts !== undefined) return facts
      const found = { keyPositions: findKeys(table, args()), isScript: isScript(args()), isBlocking: isBlocking(table, args()) }
      if (request.isWhole) facts = found
      return found
    },
    bytes: first.length,
    isWhole,
    inTransaction: false,
    isSilent: false,
    resp: connection.resp,
    database: connection.database,
    substitute: () => {
      request.word = undefined
    },
    withdraw: () => {
      request.isWithdrawn = true
    },
    word: undefined,
    isWithdrawn: false,
    confirmations: 0,
    replyBytes: 0,
  }
  request.word = kind === 'inline' ? toConnectionWord(request.name()) : readConnectionWord(first)
  // Its effect is applied when the reply comes, which needs the arguments.
  if (request.word !== undefined) args()
  return request
}
