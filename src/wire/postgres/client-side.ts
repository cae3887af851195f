import type { BoundParameter } from '../exchange.js'
import { createTextSharing } from '../share-texts.js'
import { startStatement, type LiveStatement } from './live-statement.js'
import { decodeBind, decodeBindNames, decodeClose, decodeDescribe, decodeExecute, decodeParse, decodeQuery } from './messages.js'
import type { SessionState } from './session-state.js'
import { step, type Step } from './steps.js'
import { writeBind, writeClose, writeExecute, writeParse, writeQuery, writeSync } from './write-message.js'

/** What the client's side of a session asks of, and tells, the link that it runs in. */
export interface ClientSideHost {
  /** Whether anybody wants to know of statements now: a window is open, or a rule lives. */
  readonly isWatched: () => boolean
  readonly wantsPlans: () => boolean
  /** A statement is complete and about to be sent. */
  readonly begin: (statement: LiveStatement) => void
}

/** Bytes of the tap's own that go to the server before and after a message. */
export interface OwnMessages {
  readonly before?: Buffer | undefined
  readonly after?: Buffer | undefined
}

/** Follows what the client asks. */
export interface ClientSide {
  /** Called for each message, before it is sent. `frame` may be the head of a larger one. */
  readonly read: (kind: string, frame: Buffer, totalBytes: number) => OwnMessages | undefined
  /** Puts an error in the place of the statement that was just begun. Gives what to send to the server instead of its messages. */
  readonly answerWithError: (statement: LiveStatement, error: Buffer) => Buffer
  /** True between a group's first message and its end: nothing of it takes effect before. */
  readonly isInGroup: () => boolean
}

const COPY_IN = /\bcopy\b[^]*\bstdin\b/i

/** Not SQL in any version, so the server answers with an error and, in a transaction, fails it as a real one would. */
const NO_SQL = 'hotbed replaced this statement'

/**
 * A COMMIT that fails has ended its transaction, which an error before it has not. This fails as a COMMIT does, on every server: a name for a
 * prepared transaction has less than 200 bytes (GIDSIZE).
 */
const FAILING_COMMIT = `PREPARE TRANSACTION '${'hotbed replaced this COMMIT '.repeat(8)}'`
const COMMIT = /^\s*(?:commit|end)(?:\s+(?:work|transaction))?\s*;?\s*$/i

export function createClientSide(state: SessionState, host: ClientSideHost): ClientSide {
  const { steps, prepared, portals } = state
  /** An extended group has begun and neither Execute, Sync nor Flush has been sent. */
  let inGroup = false
  /** Extended messages were sent and no Sync after them: a Sync of the tap's own would end their portals. */
  let isUnsynced = false
  let groupSteps = 0
  let groupBytes = 0
  const share = createTextSharing()

  const push = (next: Step): void => {
    steps.push(next)
    groupSteps += 1
  }

  const begin = (statement: LiveStatement): void => {
    if (host.wantsPlans() && !state.plans.isOn())
      statement.planUnavailable = state.plans.refusal() ?? 'the connection was busy when plans were switched on'
    state.cursors.note(statement)
    host.begin(statement)
  }

  const openGroup = (totalBytes: number): Buffer | undefined => {
    groupBytes += totalBytes
    if (inGroup) return undefined
    groupBytes = totalBytes
    groupSteps = 0
    if (isUnsynced || !state.isReady || steps.size() > 0) return undefined
    return state.plans.set(host.wantsPlans(), state.status, steps.push)
  }

  const execute = (frame: Buffer): OwnMessages | undefined => {
    const { portal: name, maxRows } = decodeExecute(frame)
    const portal = portals.get(name)
    const statement =
      host.isWatched() && portal !== undefined
        ? startStatement({
            protocol: 'extended',
            sql: portal.prepared.sql,
            statementName: portal.statementName,
            parameters: portal.parameters.map((parameter, at) => ({ ...parameter, type: portal.prepared.types[at] ?? 0 })),
            isPartial: maxRows > 0,
            requestBytes: groupBytes,
            statusBefore: state.status,
          })
        : undefined
    if (portal !== undefined) portal.statement = statement
    push(step('execute', { statement }))
    groupBytes = 0
    if (statement !== undefined) begin(statement)
    if (maxRows > 0 || !state.plans.isOn()) return undefined
    // While the server reads COPY data it takes nothing else.
    if (COPY_IN.test(portal?.prepared.sql ?? '')) return undefined
    // A SELECT gives its plan when its portal is dropped, and that would be inside the reply to the next statement.
    push(step('close', { own: true, owner: statement }))
    return { after: writeClose('portal', name) }
  }

  const read = (kind: string, frame: Buffer, totalBytes: number): OwnMessages | undefined => {
    if (kind === 'S') {
      inGroup = false
      if (!state.isCopyingIn) isUnsynced = false
      if (state.isCopyingIn) return undefined
      state.isSkipping = false
      steps.push(step('sync'))
      return undefined
    }
    if (state.isSkipping) return undefined
    switch (kind) {
      case 'Q': {
        const before = openGroup(totalBytes)
        prepared.delete('')
        const statement = host.isWatched()
          ? startStatement({
              protocol: 'simple',
              sql: share(decodeQuery(frame, frame.length < totalBytes)),
              requestBytes: totalBytes,
              statusBefore: state.status,
            })
          : undefined
        push(step('query', { statement }))
        if (statement !== undefined) begin(statement)
        return { before }
      }
      case 'P': {
        const before = openGroup(totalBytes)
        const { name, sql: text, types } = decodeParse(frame, frame.length < totalBytes)
        const sql = host.isWatched() ? share(text) : text
        prepared.set(name, { sql, types })
        inGroup = isUnsynced = true
        push(step('parse', { prepares: { sql, statementName: name, requestBytes: totalBytes } }))
        return { before }
      }
      case 'B': {
        const before = openGroup(totalBytes)
        const bind = readBind(frame, frame.length < totalBytes, host.isWatched())
        const owner = portals.get(bind.portal)?.statement
        portals.set(bind.portal, {
          prepared: prepared.get(bind.statement) ?? { sql: '', types: [] },
          statementName: bind.statement,
          parameters: bind.parameters,
          statement: undefined,
        })
        inGroup = isUnsynced = true
        push(step('bind', { owner }))
        return { before }
      }
      case 'D': {
        const before = openGroup(totalBytes)
        inGroup = isUnsynced = true
        const { target, name } = decodeDescribe(frame)
        push(step('describe', { describes: target === 'statement' ? prepared.get(name) : undefined }))
        return { before }
      }
      case 'C': {
        const before = openGroup(totalBytes)
        const { target, name } = decodeClose(frame)
        const owner = target === 'portal' ? portals.get(name)?.statement : undefined
        if (target === 'portal') portals.delete(name)
        else prepared.delete(name)
        inGroup = isUnsynced = true
        push(step('close', { owner }))
        return { before }
      }
      case 'E': {
        const before = openGroup(totalBytes)
        const own = execute(frame)
        inGroup = false
        isUnsynced = true
        return { before, after: own?.after }
      }
      case 'F': {
        const before = openGroup(totalBytes)
        push(step('function'))
        return { before }
      }
      case 'H':
        inGroup = false
        return undefined
      case 'c':
      case 'f':
        // The Sync that follows is answered, whether or not what COPY replied is here yet.
        state.isCopyingIn = false
        steps.push(step('copyEnd'))
        return undefined
      default:
        return undefined
    }
  }

  const failCommit = (statement: LiveStatement, replacement: Buffer): Buffer => {
    if (statement.protocol !== 'extended') {
      steps.push(step('query', { replacement, statement }))
      return writeQuery(FAILING_COMMIT)
    }
    steps.push(step('parse', { own: true }))
    steps.push(step('bind', { own: true }))
    steps.push(step('execute', { replacement, statement }))
    return Buffer.concat([writeParse('', FAILING_COMMIT), writeBind({ portal: '', statement: '', values: [] }), writeExecute('')])
  }

  return {
    read,
    answerWithError: (statement, error) => {
      steps.withdraw(groupSteps)
      groupSteps = 0
      if (state.status === 'T' && COMMIT.test(statement.sql)) return failCommit(statement, error)
      steps.push(step('parse', { replacement: error, statement }))
      const parse = writeParse('hotbed', NO_SQL)
      if (statement.protocol === 'extended') return parse
      steps.push(step('sync'))
      return Buffer.concat([parse, writeSync()])
    },
    isInGroup: () => inGroup,
  }
}

function readBind(
  frame: Buffer,
  isCut: boolean,
  withValues: boolean,
): { readonly portal: string; readonly statement: string; readonly parameters: readonly Omit<BoundParameter, 'type'>[] } {
  if (!withValues) return { ...decodeBindNames(frame, isCut), parameters: [] }
  const { portal, statement, formats, values } = decodeBind(frame, isCut)
  // One format may stand for all, and none for text.
  const parameters = values.map((value, at) => ({ value, format: (formats.length === 1 ? formats[0] : formats[at]) ?? ('text' as const) }))
  return { portal, statement, parameters }
}
