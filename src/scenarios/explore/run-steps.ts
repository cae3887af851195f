import { withDeadline } from '../../primitives/deadline.js'
import type { SuiteVerbs } from '../../databases/suite-parts.js'
import type { InvariantCheck, Outcome } from '../../wire/recording/race.js'
import type { QuietReport, Schedule, SteppingOptions, SteppingOrder, TakenStep } from '../../wire/stepping.js'
import type { QuietWatch } from './quiet.js'

export type Participant<Result = unknown> = () => Promise<Result> | Result

/** Evaluates the invariant. `after`: what has committed. */
export type CheckInvariant = (after: string, position: number | undefined) => Promise<InvariantCheck | undefined>

export interface RunContext<Result> {
  readonly verbs: SuiteVerbs
  readonly watch: QuietWatch
  readonly participants: readonly Participant<Result>[]
  readonly before: (() => Promise<unknown> | unknown) | undefined
  readonly check: CheckInvariant
  readonly deadlineMs: number
  /** Of the server, and a little more. Runs that are to go as one before did wait for it, those that only look for a failure need not. */
  readonly deadlockMs: number
}

/** One run of all participants. */
export interface StepsTaken<Result = unknown> {
  readonly steps: readonly TakenStep[]
  readonly outcomes: readonly Outcome<Result>[]
  readonly checks: readonly InvariantCheck[]
  /** The schedule did not fit; the rest of the run went as it liked. */
  readonly diverged: Extract<SteppingOrder, { kind: 'diverged' }> | undefined
}

/** Runs the participants step by step: whenever everything is quiet, the tap says what happens next. */
export async function runSteps<Result>(context: RunContext<Result>, schedule: Schedule): Promise<StepsTaken<Result>> {
  const { verbs, watch, participants, before, check, deadlineMs } = context
  await before?.()
  const outcomes: Outcome<Result>[] = participants.map((_, index) => ({ participant: index + 1, status: 'unsettled' }))
  const settled: number[] = []
  const running: Promise<void>[] = []
  const checks: InvariantCheck[] = []
  let diverged: StepsTaken['diverged']
  /** All have settled, or will not. */
  let hasEnded = false
  let wake = (): void => {}

  const start = (participant: number): void => {
    const settle = (outcome: Outcome<Result>): void => {
      outcomes[participant - 1] = outcome
      settled.push(participant)
      wake()
    }
    const act = async (): Promise<Result | undefined> => participants[participant - 1]?.()
    running.push(
      watch.run(participant, act).then(
        (value) => settle({ participant, status: 'fulfilled', value: value as Result }),
        (reason: unknown) => settle({ participant, status: 'rejected', reason }),
      ),
    )
  }
  const look = async (after: string, position: number | undefined): Promise<void> => {
    const found = await check(after, position)
    if (found !== undefined) checks.push(found)
  }
  /** Somebody settles, or sends something. */
  const awaitAnything = async (): Promise<boolean> => {
    const known = settled.length
    const someoneSettles = new Promise<boolean>((resolve) => (wake = () => resolve(true)))
    if (settled.length !== known) return true
    return Promise.race([someoneSettles, verbs.tap('awaitArrival', [deadlineMs]) as Promise<boolean>])
  }

  const options: SteppingOptions = {
    participants: participants.length,
    schedule,
    deadlineMs,
    deadlockMs: schedule.kind === 'random' ? 0 : context.deadlockMs,
  }
  await verbs.tap('startStepping', [options])
  let steps: readonly TakenStep[] = []
  try {
    let isThorough = false
    for (let goesOn = true; goesOn;) {
      const report: QuietReport = { settled, ran: watch.takeRan(), isThorough }
      const order = (await verbs.tap('step', [report])) as SteppingOrder
      isThorough = false
      switch (order.kind) {
        case 'start':
          start(order.participant)
          await watch.settle(false)
          break
        case 'settle':
          isThorough = order.isThorough
          await watch.settle(isThorough)
          break
        case 'check':
          await look(order.after, order.position)
          break
        case 'wait':
          goesOn = await awaitAnything()
          hasEnded = !goesOn
          isThorough = true
          await watch.settle(true)
          break
        case 'diverged':
          diverged = order
          goesOn = false
          break
        case 'stuck':
        case 'end':
        default:
          hasEnded = true
          goesOn = false
      }
    }
  } finally {
    steps = (await verbs.tap('endStepping', [])) as readonly TakenStep[]
    if (!hasEnded) await withDeadline(Promise.all(running), deadlineMs, 'the participants').catch(() => {})
  }
  await look('end', undefined)
  return { steps, outcomes: [...outcomes], checks, diverged }
}
