import type { Conversation, LiveExchange } from '../conversation.js'
import type { Outlet } from './outlet.js'

/** What waits for a client whose replies are let through one by one, in the order of the stream. */
export interface KeptReplies {
  /** From here on the reply to `exchange`, which is about to be sent to the server, is kept; `answered` is told how to let it through. */
  readonly keep: (exchange: LiveExchange, answered: Answered) => void
  /** A message of the server was added to what waits for the client. */
  readonly added: (kind: string, bytes: number) => void
  /** Sends what may go. */
  readonly flush: () => void
}

/** Called when the whole reply is there. */
export type Answered = (deliver: () => void) => void

interface Kept {
  readonly exchange: LiveExchange
  readonly answered: Answered
  /** Which part of what waits it is. */
  from: number
  upTo: number | undefined
}

/** More is not kept: it passes as it comes, up to the end of the reply. */
const KEPT_BYTES = 4 * 2 ** 20

/** @param told called whenever the client is sent something */
export function createKeptReplies(toClient: Outlet, conversation: Conversation, told: () => void): KeptReplies {
  const kept: Kept[] = []
  let keptBytes = 0

  const send = (count: number): void => {
    if (count === 0) return
    toClient.flush(count)
    keptBytes = 0
    for (const one of kept) {
      one.from = Math.max(0, one.from - count)
      if (one.upTo !== undefined) one.upTo = Math.max(0, one.upTo - count)
    }
    told()
  }
  const flush = (): void => send(kept[0]?.from ?? toClient.waiting())

  return {
    keep: (exchange, answered) => void kept.push({ exchange, answered, from: toClient.waiting(), upTo: undefined }),
    added: (kind, bytes) => {
      const open = kept.find(({ upTo }) => upTo === undefined)
      if (open === undefined) return
      keptBytes += bytes
      // CopyInResponse: the client must know that the server waits for data.
      if (open === kept[0] && (kind === 'G' || keptBytes > KEPT_BYTES)) send(toClient.waiting())
      const isWhole = open.exchange.store === 'redis' || kind === 'Z' || !conversation.isBusy()
      if (open.exchange.end === undefined || !isWhole) return
      open.upTo = toClient.waiting()
      open.answered(() => {
        send(open.upTo ?? 0)
        kept.splice(kept.indexOf(open), 1)
        flush()
      })
    },
    flush,
  }
}
