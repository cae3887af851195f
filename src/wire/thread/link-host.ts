import type { Conversation, ConversationHost, LiveExchange, ServerRefusal } from '../conversation.js'
import type { FrameHandler, FrameReader } from '../frame-reader.js'
import type { Fate } from './fate.js'
import type { Link } from './link.js'

/** What a link needs to know of its store. */
export interface LinkProtocol {
  readonly createConversation: (host: ConversationHost) => Conversation
  readonly clientFrames: (handler: FrameHandler) => FrameReader
  readonly serverFrames: (handler: FrameHandler) => FrameReader
  /** The kind of the message by which a client ends its session; the end of its connection may come a while after it. */
  readonly goodbye?: string
}

/** What a link tells the suite that it belongs to. */
export interface LinkHost extends Omit<ConversationHost, 'begin' | 'end' | 'connection' | 'refuseSession' | 'refused'> {
  /** Why a session may not begin now. */
  readonly refuseSession?: (link: Link) => ServerRefusal | undefined
  readonly begin: (exchange: LiveExchange, link: Link) => void
  /** Its reply is complete. A promise keeps the reply, and what comes after it, from the client until it settles. */
  readonly end: (exchange: LiveExchange, link: Link) => Promise<void> | undefined
  /** Decides about a request before it is sent: nothing for most; a promise holds the connection until it settles. */
  readonly decide: (exchange: LiveExchange, link: Link) => Fate | Promise<Fate> | undefined
  /** Who is at work, where that is known: whatever comes now is of theirs. Undefined: requests behind one that is held are not read. */
  readonly author: () => number | undefined
  readonly refused: (store: Link['store'], kind: string) => void
  /** The client was sent something. */
  readonly told: (link: Link) => void
  readonly closed: (link: Link) => void
}

/** One message of the client or the server, or a piece of a large one. */
export interface Message {
  readonly kind: string
  readonly bytes: Buffer
  readonly index: number
  readonly isLast: boolean
  readonly totalBytes: number
  readonly author: number | undefined
}
