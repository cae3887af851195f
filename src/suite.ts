import type { PostgresDefinition, RedisDefinition, StackDefinition } from './databases/stack.js'
import type { SuiteParts } from './databases/suite-parts.js'
import { endInOrder } from './primitives/end-in-order.js'
import { createSuitePostgres, type SuitePostgres } from './suite-postgres.js'
import { createSuiteRedis, type SuiteRedis } from './suite-redis.js'

/** The unit of isolation: one clone of the template and one Redis, real and thrown away. */
export interface Suite<Stack extends StackDefinition = StackDefinition> {
  readonly postgres: Stack['postgres'] extends PostgresDefinition ? SuitePostgres : undefined
  readonly redis: Stack['redis'] extends RedisDefinition ? SuiteRedis : undefined
  /**
   * Brings both stores back to the template, under the same URLs. Sessions on the database are ended, because a database that is exchanged
   * can have none: a pool of `pg` needs an `error` listener for that, as it needs one in production.
   */
  readonly reset: () => Promise<void>
  /** Leaves both stores up when the run ends. `hotbed clean --kept` ends them. */
  readonly keep: (label?: string) => Promise<void>
  /** Ends the suite: its database and its Redis are gone when this settles. A second call waits for the first. */
  readonly dispose: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** A suite over parts that live here or in another process. */
export function createSuite<Stack extends StackDefinition>(
  parts: SuiteParts,
  onDisposed: () => Promise<void> = () => Promise.resolve(),
): Suite<Stack> {
  const { facts, verbs } = parts
  let disposing: Promise<void> | undefined
  const dispose = (): Promise<void> => (disposing ??= endInOrder(verbs.dispose, onDisposed))
  const suite = {
    postgres: facts.postgres === undefined ? undefined : createSuitePostgres(facts.postgres, verbs),
    redis: facts.redis === undefined ? undefined : createSuiteRedis(facts.redis, verbs),
    reset: () => verbs.reset(),
    keep: verbs.keep,
    dispose,
    [Symbol.asyncDispose]: dispose,
  }
  // What the stack names is what the facts hold: the conditional types say it, inference cannot.
  return suite as Suite<Stack>
}
