import { withoutChannelBinding } from './channel-binding.js'
import { createTextSharing } from '../share-texts.js'
import { addPlan, foldPlan, startPlan } from './live-plans.js'
import { startResult, startStatement, type LivePlan, type LiveResult, type LiveStatement } from './live-statement.js'
import {
  decodeBackendKeyData,
  decodeCommandComplete,
  decodeNotice,
  decodeParameterDescription,
  decodeParameterStatus,
  decodeReadyForQuery,
} from './messages.js'
import { decodePlanMessage, isHeadOfPlan } from './plan-message.js'
import type { SessionState } from './session-state.js'
import type { Step } from './steps.js'

export interface ServerSideHost {
  /** The server is ready for the next statement: it has let the client in, or answered what it asked. */
  readonly ready: () => void
  readonly isWatched: () => boolean
  /** A statement that nothing was known of before failed when it was prepared. */
  readonly begin: (statement: LiveStatement) => void
  /** A statement's reply is complete. Called again when a later message moves the end: an autocommit ends with ReadyForQuery. */
  readonly end: (statement: LiveStatement) => void
}

/** Follows what the server answers. */
export interface ServerSide {
  /** Called for each message. `false`: the client must not see it; bytes: it sees these instead. */
  readonly read: (kind: string, frame: Buffer, totalBytes: number) => boolean | Buffer
  /** Called for many DataRows (`D`) or CopyData (`d`) at once. */
  readonly rows: (kind: string, count: number, bytes: number) => void
  readonly processId: () => number | undefined
}

export function createServerSide(state: SessionState, host: ServerSideHost): ServerSide {
  const { steps, portals } = state
  let processId: number | undefined
  /** Plans of nested statements come before that of the statement that ran them. */
  let nested: LivePlan[] = []
  const share = createTextSharing()
  let result: LiveResult | undefined
  /** The last statement that was answered, whose autocommit may still be to come. */
  let lastEnded: LiveStatement | undefined

  const givePlans = (target: LiveStatement | undefined, plan?: LivePlan): void => {
    const arrived = plan === undefined ? nested : [...nested, plan]
    nested = []
    if (target === undefined || arrived.length === 0) return
    const plans = (target === steps.first()?.statement ? (result ??= startResult()) : (target.results.at(-1) ?? startResult())).plans
    for (const one of arrived) addPlan(plans, one)
  }

  const notice = (frame: Buffer, totalBytes: number): boolean => {
    if (!state.plans.wasOn()) return true
    const front = steps.first()
    const target = front?.statement ?? front?.owner ?? lastEnded
    if (frame.length < totalBytes) {
      if (!isHeadOfPlan(frame)) return true
      if (target !== undefined) target.planUnavailable = `its plan is ${Math.round(totalBytes / 1e6)} MB long, more than is kept`
      return false
    }
    const message = decodePlanMessage(decodeNotice(frame))
    if (message === undefined) return true
    const plan = startPlan(message.json, message.depth)
    if (plan.depth > 0) {
      // Nested ones come before the statement that ran them, and there may be very many.
      foldPlan(plan, share)
      addPlan(nested, plan)
      return false
    }
    givePlans(state.cursors.ownerOf(message.json, target), plan)
    // When the client has been sent what it waits for.
    queueMicrotask(() => foldPlan(plan, share))
    return false
  }

  const complete = (statement: LiveStatement | undefined, tag: string): void => {
    givePlans(statement)
    if (statement !== undefined) {
      result ??= startResult()
      result.tag = share(tag)
      statement.results.push(result)
    }
    result = undefined
    if (/^(?:ROLLBACK|RESET|DISCARD)/.test(tag)) state.plans.forget()
  }

  const failedToPrepare = ({ prepares }: Step): LiveStatement | undefined => {
    if (prepares === undefined || !host.isWatched()) return undefined
    const statement = startStatement({ protocol: 'prepare', ...prepares, statusBefore: state.status })
    host.begin(statement)
    return statement
  }

  const fail = (frame: Buffer, totalBytes: number): boolean | Buffer => {
    const front = steps.first()
    if (!state.isReady || front === undefined) return true
    if (front.own && front.kind !== 'close') {
      const refusal = decodeNotice(frame)
      // Anything else than an error ends the session, and the client must know why.
      if (refusal.get('V') !== 'ERROR') return true
      state.plans.refuse(refusal.get('M') ?? '')
      steps.skipToSync()
      return false
    }
    const fields = decodeNotice(front.replacement ?? frame, frame.length < totalBytes)
    let failed = front.statement
    if (front.kind !== 'query' && front.kind !== 'function') {
      const { skipped, found } = steps.skipToSync()
      state.isSkipping = !found
      failed ??= skipped.find(({ statement }) => statement !== undefined)?.statement
      for (const { statement } of skipped) {
        if (statement !== undefined && statement !== failed && state.plans.isOn())
          statement.planUnavailable = 'not executed: an earlier statement of its group failed'
        if (statement !== undefined) host.end(statement)
      }
      failed ??= failedToPrepare(front)
    }
    state.isCopyingIn = false
    givePlans(failed)
    if (failed !== undefined) {
      // What it had sent before it failed.
      if (result !== undefined) failed.results.push(result)
      failed.error = {
        code: fields.get('C') ?? '',
        severity: fields.get('V') ?? fields.get('S') ?? '',
        message: fields.get('M') ?? '',
        detail: fields.get('D'),
        constraint: fields.get('n'),
      }
      if (state.plans.isOn()) failed.planUnavailable = `it failed (${fields.get('C')})`
      lastEnded = failed
    }
    result = undefined
    return front.replacement ?? true
  }

  const ready = (frame: Buffer): boolean => {
    state.status = decodeReadyForQuery(frame)
    state.isCopyingIn = false
    if (!state.isReady) {
      state.isReady = true
      host.ready()
      return true
    }
    let ended = steps.take()
    while (ended !== undefined && ended.kind !== 'sync' && ended.kind !== 'query' && ended.kind !== 'function') ended = steps.take()
    const statement = ended?.statement ?? lastEnded
    if (ended?.own !== true && statement !== undefined) {
      statement.statusAfter = state.status
      givePlans(statement)
      host.end(statement)
      lastEnded = undefined
    }
    // Those of requests that are on their way already are not over.
    if (state.status === 'I' && steps.size() === 0) {
      portals.clear()
      state.cursors.forget()
    }
    if (ended?.own === true) state.plans.confirm()
    host.ready()
    return ended?.own !== true
  }

  const readSetting = (frame: Buffer): void => {
    const { name, value } = decodeParameterStatus(frame)
    // There plans are switched by databases and roles, not by sessions: see createClone.
    if (name === 'server_version' && Number.parseInt(value, 10) < 15) state.plans.leaveOn()
  }

  const read = (kind: string, frame: Buffer, totalBytes: number): boolean | Buffer => {
    const front = steps.first()
    const statement = front?.statement
    // Plans are not what the statement gave.
    if (statement !== undefined && kind !== 'N') statement.replyBytes += totalBytes
    switch (kind) {
      case 'D':
        if (statement !== undefined) (result ??= startResult()).dataRows += 1
        return true
      case '1':
      case '2':
      case '3':
        steps.take()
        return front?.own !== true
      case 't':
        if (front?.describes !== undefined) front.describes.types = decodeParameterDescription(frame)
        return true
      case 'T':
      case 'n':
        if (front?.kind === 'describe') steps.take()
        return true
      case 'C':
      case 'I':
      case 's': {
        const tag = kind === 'C' ? decodeCommandComplete(frame) : kind === 's' ? 'suspended' : ''
        complete(statement, tag)
        if (front?.kind !== 'execute') return true
        steps.take()
        state.isCopyingIn = false
        if (statement !== undefined) {
          lastEnded = statement
          host.end(statement)
        }
        return !front.own
      }
      case 'G':
      case 'H':
        if (statement !== undefined) (result ??= startResult()).copy = kind === 'G' ? 'in' : 'out'
        if (kind === 'G' && front?.kind === 'execute') state.isCopyingIn = !steps.forgetSyncsInCopy()
        return true
      case 'N':
        return notice(frame, totalBytes)
      case 'E':
        return fail(frame, totalBytes)
      case 'Z':
        return ready(frame)
      case 'S':
        if (!state.isReady) readSetting(frame)
        return true
      case 'R':
        return withoutChannelBinding(frame)
      case 'K':
        processId = decodeBackendKeyData(frame).processId
        return true
      default:
        return true
    }
  }

  const rows = (kind: string, count: number, bytes: number): void => {
    const statement = steps.first()?.statement
    if (statement === undefined) return
    statement.replyBytes += bytes
    if (kind === 'D') (result ??= startResult()).dataRows += count
  }

  return { read, rows, processId: () => processId }
}
