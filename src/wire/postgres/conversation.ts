import { HotbedError } from '../../primitives/error.js'
import type { ClientStep, Conversation, ConversationHost, ServerRefusal } from '../conversation.js'
import { decodeNotice } from './messages.js'
import { createPostgresSession } from './session.js'
import { decodeStartup, writeRefusal } from './startup.js'
import { writeErrorResponse } from './write-message.js'

/** "No TLS here": the client goes on without, or says so. */
const NO = Buffer.from('N')

/** A connection to Postgres from its first byte on. */
export function createPostgresConversation(host: ConversationHost): Conversation {
  const session = createPostgresSession(host)
  /** The client sees the message that is under way. */
  let isShown: boolean | Buffer = true
  /**
   * Each plan makes the server send what it has by then, which is half a reply. It is kept until the rest comes, unless the server would have
   * sent something of it at once: a notice, a notification.
   */
  let isAhead = false
  let isUrgent = false
  let parameters: ReadonlyMap<string, string> = new Map()
  let refusal: ServerRefusal | undefined

  const refuse = (why: ServerRefusal): void => {
    refusal = why
    host.refused(why.code)
  }
  const start = (frame: Buffer): ClientStep | undefined => {
    const startup = decodeStartup(frame)
    parameters = startup.parameters
    const refused = host.refuseSession?.()
    if (refused !== undefined) {
      refuse(refused)
      return { answer: writeRefusal(refused.code, refused.message), end: refusedText(refused) }
    }
    if (!startup.isReplication) return undefined
    const message = 'hotbed does not carry replication connections; connect to suite.postgres.directUrl'
    return { answer: writeRefusal('0A000', message), end: 'it asked for replication' }
  }

  return {
    client: (kind, frame, totalBytes, index) => {
      if (index > 0) return undefined
      if (kind === 'startup') return start(frame)
      if (kind === 'ssl' || kind === 'gss') return { answer: NO }
      if (kind === 'cancel') return undefined
      return session.client.read(kind, frame, totalBytes)
    },
    server: (kind, frame, totalBytes, index) => {
      if (index === 0) {
        if (kind === 'E' && session.isStarting()) refuse(readRefusal(frame, frame.length < totalBytes))
        isShown = session.server.read(kind, frame, totalBytes)
        isAhead = kind === 'N' && isShown === false && !isUrgent
        if ((kind === 'N' && isShown !== false) || kind === 'A') isUrgent = true
        else if (kind === 'Z') isUrgent = false
      }
      return index === 0 ? isShown : isShown === true
    },
    rows: (kind, count, bytes) => {
      isAhead = false
      session.server.rows(kind, count, bytes)
    },
    isAhead: () => isAhead,
    current: session.current,
    isInGroup: session.client.isInGroup,
    replace: (exchange, answer) => {
      if (exchange.store !== 'postgres' || !('error' in answer)) {
        throw new HotbedError('ERR_HOTBED_OPTION', { message: 'A rule can answer an SQL statement with an error only.' })
      }
      return session.client.answerWithError(exchange, writeErrorResponse({ severity: 'ERROR', ...answer.error }))
    },
    // An autocommit takes effect with ReadyForQuery.
    isSettled: (exchange) => exchange.store === 'postgres' && (exchange.statusBefore !== 'I' || exchange.statusAfter !== undefined),
    status: session.status,
    // A connection that says nothing, as a probe of the port does, is not starting.
    isStarting: () => parameters.size > 0 && session.isStarting(),
    isBusy: session.isBusy,
    isOwed: session.isBusy,
    description: () => ({
      name: parameters.get('application_name') ?? '',
      user: parameters.get('user') ?? '',
      database: parameters.get('database') ?? parameters.get('user') ?? '',
      processId: session.server.processId(),
      refusal,
      orphans: 0,
    }),
  }
}

/** Why the connection ended, as a recording has it. */
function refusedText({ code, message }: ServerRefusal): string {
  return `an outage refused it: ${code} ${message}`
}

function readRefusal(frame: Buffer, isCut: boolean): ServerRefusal {
  const fields = decodeNotice(frame, isCut)
  return { code: fields.get('C') ?? '', message: fields.get('M') ?? '' }
}
