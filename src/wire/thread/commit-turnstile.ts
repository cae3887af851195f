import type { LiveExchange } from '../conversation.js'
import { hasCommitted } from '../commits.js'
import { shapeOf } from '../sql-shape.js'
import { subjectText } from '../match-text.js'
import { subjectOf } from './live-rule.js'
import type { Fate } from './fate.js'
import type { Link } from './link.js'

/** What has just been committed, for whoever looks at the stores now. */
export interface CommitNotice {
  /** `Exchange.start` */
  readonly position: number
  readonly connection: number
  /** `UPDATE seats …`, of a COMMIT with the last write that it made visible. */
  readonly text: string
}

export interface TurnstileHost {
  readonly mayCommit: (exchange: LiveExchange) => boolean
  /** Looks at the stores; the client is not told of its commit before that has ended. */
  readonly look: (notice: CommitNotice) => Promise<void>
  /** How many of these connections wait for a lock. */
  readonly countBlocked: (links: readonly Link[]) => Promise<number>
}

/**
 * Lets through one commit after the other, each with a look at the stores before the next is sent. One that waits for a lock of another holds
 * nobody up: the other may have to commit first.
 */
export interface CommitTurnstile {
  /** Called for each request that is about to be sent, with what the rules have made of it. */
  readonly enter: (exchange: LiveExchange, link: Link, fate: Fate | undefined) => Fate | Promise<Fate> | undefined
  /** Its reply is complete and settled. A promise keeps the reply from the client. */
  readonly leave: (exchange: LiveExchange, link: Link) => Promise<void> | undefined
  readonly forget: (link: Link) => void
  /** Lets everything through. */
  readonly end: () => void
}

const LOOK_MS = 3

export function createCommitTurnstile({ mayCommit, look, countBlocked }: TurnstileHost): CommitTurnstile {
  const inside = new Map<Link, LiveExchange>()
  /** The last write of the transaction that a connection is in. */
  const writes = new Map<Link, string>()
  let queue: { readonly exchange: LiveExchange; readonly link: Link; readonly go: () => void }[] = []
  let looks = 0
  let looking: Promise<void> = Promise.resolve()
  let hasEnded = false
  let timer: NodeJS.Timeout | undefined

  const isFree = (): boolean => inside.size === 0 && looks === 0
  const letNext = (): void => {
    const next = queue.shift()
    if (next === undefined) return
    inside.set(next.link, next.exchange)
    next.go()
  }
  const goOn = (): void => {
    if (hasEnded) while (queue.length > 0) letNext()
    else if (isFree()) letNext()
    if (queue.length > 0) timer ??= setTimeout(lookForLocks, LOOK_MS)
  }
  const lookForLocks = (): void => {
    const links = [...inside.keys()].filter(({ store }) => store === 'postgres')
    void countBlocked(links).then((blocked) => {
      timer = undefined
      if (looks === 0 && inside.size > 0 && blocked === inside.size) letNext()
      goOn()
    })
  }
  const textOf = (exchange: LiveExchange, link: Link): string => {
    const text = exchange.store === 'postgres' ? clip(exchange.sql) : subjectText(subjectOf(exchange))
    const last = writes.get(link)
    return last === undefined ? text : `${text} of ${last}`
  }

  return {
    enter: (exchange, link, fate) => {
      // The server gets nothing of it.
      if (hasEnded || (fate !== undefined && fate.kind !== 'pass' && !(fate.kind === 'cut' && fate.when === 'after'))) return fate
      if (!mayCommit(exchange)) {
        if (exchange.store === 'postgres' && exchange.statusBefore === 'T' && WRITE.test(exchange.sql))
          writes.set(link, clip(shapeOf(exchange.sql)))
        return fate
      }
      if (isFree() && queue.length === 0) {
        inside.set(link, exchange)
        return fate
      }
      return new Promise((resolve) => {
        queue.push({ exchange, link, go: () => resolve(fate ?? { kind: 'pass' }) })
        goOn()
      })
    },
    leave: (exchange, link) => {
      if (inside.get(link) !== exchange) return undefined
      inside.delete(link)
      if (hasEnded || !hasCommitted(exchange)) {
        goOn()
        return undefined
      }
      const notice = { position: exchange.start, connection: link.id, text: textOf(exchange, link) }
      writes.delete(link)
      looks += 1
      looking = looking
        .then(() => look(notice))
        .finally(() => {
          looks -= 1
          goOn()
        })
      return looking
    },
    forget: (link) => {
      const gone = queue.filter((one) => one.link === link)
      queue = queue.filter((one) => one.link !== link)
      inside.delete(link)
      writes.delete(link)
      for (const { go } of gone) go()
      goOn()
    },
    end: () => {
      hasEnded = true
      clearTimeout(timer)
      goOn()
    },
  }
}

const WRITE = /^\s*(?:insert|update|delete|merge|with|call|copy|truncate)\b/i
const SHOWN = 80

function clip(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN - 1)}…`
}
