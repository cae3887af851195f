import type { App } from './apps/app.js'
import { createSuiteClock, type ClockOptions, type SuiteClock } from './clock/suite-clock.js'
import { noteLiveClock } from './clock/live-clocks.js'
import type { PostgresDefinition, RedisDefinition, StackDefinition } from './databases/stack.js'
import type { SuiteParts } from './databases/suite-parts.js'
import { checkLeavesNothingBehind } from './leaves-nothing-behind.js'
import { noteOpenSuite } from './plan-verbs/measuring.js'
import { endInOrder } from './primitives/end-in-order.js'
import { createEndings } from './primitives/endings.js'
import { createSuiteApps, processesOf, type SuiteApps } from './suite-apps.js'
import { createSuiteFaults, type SuiteFaults } from './suite-faults.js'
import { createSuiteLoad, type SuiteLoad } from './suite-load.js'
import { createSuitePostgres, type ReplicatedPostgres } from './suite-postgres.js'
import { createSuiteQueues, type SuiteQueues } from './suite-queues.js'
import { createSuiteRaces, type SuiteRaces } from './suite-races.js'
import { createSuiteRedis, type SuiteRedis } from './suite-redis.js'
import { createSuiteTap, type SuiteTap } from './suite-tap.js'

/** The unit of isolation: one clone of the template and one Redis, real and thrown away. */
export interface Suite<Stack extends StackDefinition = StackDefinition>
  extends SuiteTap, SuiteRaces, SuiteFaults, SuiteQueues, SuiteLoad, SuiteApps {
  readonly postgres: Stack['postgres'] extends PostgresDefinition ? ReplicatedPostgres<Stack['postgres']> : undefined
  readonly redis: Stack['redis'] extends RedisDefinition ? SuiteRedis : undefined
  /** The one clock of Redis and the application: a test that waits five minutes does not. */
  readonly clock: SuiteClock
  /**
   * Brings both stores back to the template, under the same URLs, and the clock to the time of the machine. Sessions on the database are ended, because a database that is exchanged
   * can have none: a pool of `pg` needs an `error` listener for that, as it needs one in production.
   */
  readonly reset: () => Promise<void>
  /** Leaves both stores up when the run ends, under their `directUrl`: the tap ends with its process. `hotbed clean --kept` ends them. */
  readonly keep: (label?: string) => Promise<void>
  /** Ends the suite: its database and its Redis are gone when this settles. A second call waits for the first. */
  readonly dispose: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** How a suite behaves, beside what its stack says. */
export interface SuiteBehaviour {
  readonly onDisposed?: (() => Promise<void>) | undefined
  /** @default true */
  readonly leavesNothingBehind?: boolean | undefined
  /** @default true */
  readonly plans?: boolean | undefined
  readonly clock?: ClockOptions | undefined
}

/** A suite over parts that live here or in another process. */
export function createSuite<Stack extends StackDefinition>(parts: SuiteParts, behaviour: SuiteBehaviour = {}): Suite<Stack> {
  const { onDisposed = () => Promise.resolve(), leavesNothingBehind = true, plans = true, clock } = behaviour
  const { facts, verbs } = parts
  let disposing: Promise<void> | undefined
  const check = async (): Promise<void> => {
    if (leavesNothingBehind) await checkLeavesNothingBehind(verbs, facts.postgres !== undefined)
  }
  const time = createSuiteClock(parts, clock)
  const forget = noteLiveClock(time.end)
  const endClock = async (): Promise<void> => {
    forget()
    await time.end()
  }
  const endings = createEndings()
  const apps: App[] = []
  const forgetSuite = noteOpenSuite(verbs)
  const dispose = (): Promise<void> =>
    (disposing ??= endInOrder(endings.endAll, check, endClock, verbs.dispose, async () => forgetSuite(), onDisposed))
  const suite = {
    postgres: facts.postgres === undefined ? undefined : createSuitePostgres(facts.postgres, verbs),
    redis: facts.redis === undefined ? undefined : createSuiteRedis(facts.redis, verbs),
    ...createSuiteTap(parts, plans),
    ...createSuiteRaces(parts),
    ...createSuiteFaults(parts, endings),
    ...createSuiteQueues(parts, time.clock.now),
    ...createSuiteLoad(parts, time.clock.now, () => processesOf(apps)),
    ...createSuiteApps(parts, endings, time.clock, apps),
    clock: time.clock,
    reset: async () => {
      await verbs.reset()
      await time.reset()
    },
    keep: verbs.keep,
    dispose,
    [Symbol.asyncDispose]: dispose,
  }
  // What the stack names is what the facts hold: the conditional types say it, inference cannot.
  return suite as Suite<Stack>
}
