import { EXIT_CODES } from '../exit-codes.js'

/** How a person or a process manager asks for the end. */
export interface StopSignals {
  readonly asked: Promise<undefined>
  readonly isAsked: () => boolean
  readonly close: () => void
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** The terminal sends Ctrl-C to all its processes, and npm sends it on to us once more. */
const SAME_KEYPRESS_MS = 300

/** From now on the first signal asks for the end; the next one exits at once, and the supervisors of the servers clean up. */
export function listenForStop(): StopSignals {
  let askedAt: number | undefined
  let resolve: (value: undefined) => void = () => {}
  const asked = new Promise<undefined>((settle) => (resolve = settle))
  const onSignal = (): void => {
    if (askedAt === undefined) {
      askedAt = performance.now()
      process.stdout.write('\nEnding the stack … Ctrl-C again to not wait for it.\n')
      resolve(undefined)
    } else if (performance.now() - askedAt > SAME_KEYPRESS_MS) {
      process.exit(EXIT_CODES.interrupted)
    }
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return {
    asked,
    isAsked: () => askedAt !== undefined,
    close: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal)
    },
  }
}
