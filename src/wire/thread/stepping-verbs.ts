import type { QuietReport, SteppingOptions, SteppingOrder, TakenStep } from '../stepping.js'
import { createStepper, type Stepper, type StepperHost } from './stepper.js'

export interface SteppingVerbs {
  /** From here on nothing goes to the stores, and no answer to its client, before it is its turn. */
  readonly startStepping: (options: SteppingOptions) => void
  /** Takes steps until somebody has to be started, or told something. */
  readonly step: (report: QuietReport) => Promise<SteppingOrder>
  /** Settles when something has come; or at the deadline, with false. */
  readonly awaitArrival: (deadlineMs: number) => Promise<boolean>
  /** Lets everything go, and gives the steps that were taken. */
  readonly endStepping: () => readonly TakenStep[]
}

export interface Stepping {
  readonly verbs: SteppingVerbs
  readonly current: () => Stepper | undefined
}

export function createStepping(host: StepperHost): Stepping {
  let current: Stepper | undefined
  const stepper = (): Stepper => {
    if (current === undefined) throw new Error('no run goes step by step')
    return current
  }
  return {
    current: () => current,
    verbs: {
      startStepping: (options) => {
        current = createStepper(options, host)
      },
      step: (report) => stepper().next(report),
      awaitArrival: async (deadlineMs) => {
        const { arrivals } = stepper()
        const before = arrivals()
        await host.until(() => arrivals() !== before, deadlineMs)
        return arrivals() !== before
      },
      endStepping: () => {
        const ended = stepper()
        current = undefined
        ended.end()
        return ended.taken()
      },
    },
  }
}
