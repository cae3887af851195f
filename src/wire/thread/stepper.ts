import { hasCommitted, mayCommit } from '../commits.js'
import type { LiveExchange } from '../conversation.js'
import type { CommandTable } from '../redis/command-table.js'
import type { BlockedSession, QuietReport, SteppingOptions, SteppingOrder, StepKind, TakenStep } from '../stepping.js'
import type { Fate } from './fate.js'
import type { Link } from './link.js'
import { createAuthors } from './authors.js'
import { createServerWait } from './server-wait.js'
import type { Candidate } from './step-candidate.js'
import { createStepPicker } from './step-picker.js'
import { answerText, isSteered, mayReleaseLocks, textOf } from './steered-request.js'

export interface StepperHost {
  readonly commands: CommandTable
  readonly links: () => Iterable<Link>
  readonly findBlocked: (processIds: readonly number[]) => Promise<readonly BlockedSession[]>
  /** The request goes to the server now: that is its place on the timeline. */
  readonly admit: (exchange: LiveExchange) => void
  /** Waits until it holds; gives up at the deadline. */
  readonly until: (holds: () => boolean, deadlineMs: number) => Promise<void>
  readonly changed: () => void
}

/** A request from its arrival until its sender has been told the answer. */
export interface Point {
  readonly id: number
  readonly link: Link
  readonly exchange: LiveExchange
  participant: number
  readonly text: string
  state: 'held' | 'sent' | 'blocked' | 'answered'
  readonly release: (fate: Fate) => void
  deliver: () => void
  taken: { -readonly [Key in keyof TakenStep]: TakenStep[Key] } | undefined
}

/** One run that goes step by step: at most one thing happens at a time, and the schedule says which. */
export interface Stepper {
  readonly steers: (exchange: LiveExchange, link: Link) => boolean
  readonly hold: (exchange: LiveExchange, link: Link) => Promise<Fate>
  readonly author: () => number
  readonly told: () => void
  readonly closed: (link: Link) => void
  readonly next: (report: QuietReport) => Promise<SteppingOrder>
  readonly arrivals: () => number
  readonly taken: () => readonly TakenStep[]
  /** Lets everything go. */
  readonly end: () => void
}

export function createStepper({ participants, schedule, deadlineMs, deadlockMs }: SteppingOptions, host: StepperHost): Stepper {
  const points = new Set<Point>()
  const taken: TakenStep[] = []
  const checks: Extract<SteppingOrder, { kind: 'check' }>[] = []
  const pick = createStepPicker(schedule, participants)
  const authors = createAuthors(points, host.links)
  const waiting = createServerWait(points, host, deadlineMs)
  let lastPoint = 0
  let told = 0
  let toldBefore = 0

  const note = (kind: StepKind, participant: number, point?: Point): void => {
    const step = {
      participant,
      kind,
      text: point?.text ?? '',
      connection: point?.link.id,
      position: point?.exchange.start,
      outcome: undefined,
      waitedFor: [],
    }
    taken.push(step)
    if (kind === 'send' && point !== undefined) point.taken = step
  }

  const answered = (point: Point, deliver: () => void): void => {
    const { exchange } = point
    point.state = 'answered'
    point.deliver = deliver
    if (point.taken !== undefined) point.taken.outcome = answerText(exchange)
    if (mayCommit(exchange, host.commands) && hasCommitted(exchange))
      checks.push({ kind: 'check', after: point.text, position: exchange.start })
    waiting.happened(mayReleaseLocks(exchange))
  }

  const send = (point: Point): void => {
    point.state = 'sent'
    waiting.sent(point)
    host.admit(point.exchange)
    note('send', point.participant, point)
    point.release({ kind: 'pass', answered: (deliver) => answered(point, deliver) })
  }

  const take = ({ kind, participant, point: id }: Candidate): SteppingOrder | undefined => {
    const point = [...points].find((one) => one.id === id)
    if (kind === 'send' && point !== undefined) {
      send(point)
      return undefined
    }
    authors.begin(participant)
    note(kind, participant, point)
    if (point === undefined) return { kind: 'start', participant }
    points.delete(point)
    point.deliver()
    toldBefore = told
    return { kind: 'settle', isThorough: false }
  }

  /** Requests of which nobody can choose when they go, and connections that are being made. */
  const isPassing = (link: Link): boolean => {
    const { conversation } = link
    if (link.isHeld() || link.isLeaving()) return false
    for (const point of points) if (point.link === link && point.state !== 'answered') return false
    if (link.store === 'postgres') return conversation.isStarting() || conversation.isBusy()
    const current = conversation.current()
    return current !== undefined && !(current.store === 'redis' && current.isBlocking)
  }

  const candidates = (): readonly Candidate[] => {
    const answeredBefore = new Set<Link>()
    const found: Candidate[] = []
    for (const { id, link, participant, text, state } of points) {
      if (state === 'held') found.push({ participant, kind: 'send', text, point: id })
      // Answers on one connection come in the order of their requests.
      else if (state === 'answered' && !answeredBefore.has(link)) found.push({ participant, kind: 'reply', text, point: id })
      if (state !== 'held') answeredBefore.add(link)
    }
    for (let participant = 1; participant <= participants; participant += 1)
      if (!authors.hasStarted(participant)) found.push({ participant, kind: 'start', text: '', point: undefined })
    return found.toSorted((a, b) => a.participant - b.participant || (a.point ?? 0) - (b.point ?? 0))
  }

  const next = async (report: QuietReport): Promise<SteppingOrder> => {
    authors.report(report)
    await readWhatHasCome()
    for (;;) {
      await host.until(() => ![...host.links()].some(isPassing), deadlineMs)
      if (told !== toldBefore) {
        toldBefore = told
        return { kind: 'settle', isThorough: false }
      }
      if (!(await waiting.settle())) return { kind: 'stuck' }
      await waiting.age(deadlockMs)
      const check = checks.shift()
      if (check !== undefined) return check
      const missing = authors.missing()
      if (missing.length > 0 && !report.isThorough) return { kind: 'settle', isThorough: true }
      authors.assign()
      const possible = candidates()
      if (possible.length === 0) {
        if (waiting.isOwed()) {
          if (!(await waiting.event())) return { kind: 'stuck' }
          continue
        }
        return authors.areDone(participants) ? { kind: 'end' } : { kind: 'wait' }
      }
      const picked = pick(possible)
      if (typeof picked === 'number') {
        const planned = schedule.kind === 'steps' ? schedule.steps[picked]?.participant : undefined
        if (planned !== undefined && missing.includes(planned)) return { kind: 'wait' }
        return { kind: 'diverged', index: picked, found: possible.map(({ participant, kind, text }) => `${participant} ${kind} ${text}`) }
      }
      const order = take(picked)
      if (order !== undefined) return order
    }
  }

  return {
    steers: (exchange, link) => !link.isUnsynced() && isSteered(exchange),
    hold: (exchange, link) =>
      new Promise((release) => {
        const { participant, hasWaited } = link.author()
        const point: Point = {
          id: (lastPoint += 1),
          link,
          exchange,
          participant,
          text: textOf(exchange),
          state: 'held',
          release,
          deliver: () => {},
          taken: undefined,
        }
        points.add(point)
        if (!hasWaited) authors.arrived(point)
        host.changed()
      }),
    author: authors.current,
    told: () => void (told += 1),
    closed: (link) => {
      for (const point of points) if (point.link === link) points.delete(point)
      told += 1
      waiting.happened(true)
    },
    next,
    arrivals: () => lastPoint + told,
    taken: () => taken,
    end: () => {
      const left = [...points]
      points.clear()
      for (const { state, deliver, release } of left) {
        if (state === 'answered') deliver()
        else release({ kind: 'pass' })
      }
    },
  }
}

/** What has been sent already lies with the system: two turns of the event loop read it. */
async function readWhatHasCome(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => void setImmediate(resolve))
}
