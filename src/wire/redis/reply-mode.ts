import type { OpenRequest } from './request.js'
import { isSubscription } from './connection-words.js'

/** Follows CLIENT REPLY, which takes effect where it stands among the requests, whatever the replies do. */
export interface ReplyMode {
  readonly isSilent: <Tag>(request: OpenRequest<Tag>) => boolean
  /** The request is sent. */
  readonly pass: <Tag>(request: OpenRequest<Tag>) => void
  /** A request without words: it uses up a SKIP, too. */
  readonly passEmpty: () => void
}

export function createReplyMode(): ReplyMode {
  let mode: 'on' | 'off' | 'skip' = 'on'

  return {
    isSilent: (request) => {
      // Confirmations come even so.
      if (isSubscription(request.word)) return false
      const change = readChange(request)
      if (change === 'ON') return false
      if (change !== undefined) return true
      return mode === 'skip' || (mode === 'off' && request.word !== 'RESET')
    },
    pass: (request) => {
      const change = readChange(request)
      if (change === 'ON') mode = 'on'
      else if (change === 'OFF') mode = 'off'
      else if (change === 'SKIP') mode = mode === 'off' ? 'off' : 'skip'
      else if (request.word === 'RESET' || mode === 'skip') mode = 'on'
    },
    passEmpty: () => {
      if (mode === 'skip') mode = 'on'
    },
  }
}

/** Within MULTI it is only queued. */
function readChange<Tag>({ word, inTransaction, args }: OpenRequest<Tag>): string | undefined {
  if (word !== 'CLIENT' || inTransaction || args().length !== 3 || args()[1]?.toUpperCase() !== 'REPLY') return undefined
  const change = args()[2]?.toUpperCase()
  return change === 'ON' || change === 'OFF' || change === 'SKIP' ? change : undefined
}
