import { resolveCacheDirectory } from '../primitives/cache-directory.js'
import { debug } from '../primitives/debug.js'
import { HotbedError } from '../primitives/error.js'
import { fingerprint } from '../primitives/fingerprint.js'
import { startStopwatch, type Step } from '../primitives/stopwatch.js'
import { findUnprivilegedUser } from '../primitives/unprivileged-user.js'
import { checkServerClock } from './movable-clock.js'
import { serverKey, startPostgresServing, type PostgresServing } from './postgres-serving.js'
import type { PostgresSuite, PostgresSuites } from './postgres-suites.js'
import { createTenantKind } from './tenant-kind.js'
import type { LendTables } from './redis-fill.js'
import { planRedisFill } from './redis-fill-plan.js'
import type { RedisKind } from './redis-kind.js'
import { createContainerKind } from './container-kind.js'
import { createLocalKind } from './local-kind.js'
import type { RedisSuite } from './redis-suites.js'
import { checkReplicas } from './replica-options.js'
import { checkStack, type PostgresDefinition, type RedisDefinition, type StackDefinition } from './stack.js'
import { composeSuite } from './compose-suite.js'
import type { ServerExit } from './server-exit.js'
import type { Isolation, SuiteFacts, SuiteParts } from './suite-parts.js'
import { sweepLeftovers } from './sweep.js'
import { planTemplate, type TemplatePlan } from './template.js'

export interface RunOptions {
  /** Clones and Redis servers made ahead, of each kind. @default 1 */
  readonly spares?: number | undefined
  /** Called when a server that a suite uses ends by itself. */
  readonly onServerExit?: ((exit: ServerExit) => void) | undefined
}

/** A suite that outlives its run. */
export interface KeptSuite {
  readonly label: string
  readonly facts: SuiteFacts
}

/** The servers of one test run, shared by all its suites. */
export interface Run {
  /** Announces a stack, so that its template is made together with those of other stacks that fit on the same server. */
  readonly announce: (stack: StackDefinition) => void
  /** Starts the servers of what was announced, in the background. What fails will fail again for the suite that needs it. */
  readonly warm: () => void
  readonly openSuite: (stack: StackDefinition, isolation?: Isolation) => Promise<SuiteParts>
  /** Looks at the files of migrations and seeds again. Called between reruns of watch mode. */
  readonly refresh: () => void
  /** Suites whose stores are left up. */
  readonly kept: () => readonly KeptSuite[]
  /** What was started and how long each step took. */
  readonly steps: () => readonly Step[]
  /** Ends every suite and server. A second call waits for the first. */
  readonly close: () => Promise<void>
}

/** A Postgres that is starting or has been started. */
interface Serving {
  readonly key: string
  /** Fingerprints of the templates that it will have. */
  readonly templates: ReadonlySet<string>
  readonly serving: Promise<PostgresServing>
  /** True once the server has ended, whoever ended it. */
  hasEnded: boolean
}

const REFILL_DELAY_MS = 100

/** Sessions on a server that goes with its suite. */
async function endOwn({ control, replicas, side }: PostgresSuite): Promise<void> {
  await control.abandon()
  await replicas?.close()
  await side.close()
}

/** A run that has started nothing yet: the first suite starts what it needs. */
export function createRun(options: RunOptions = {}): Run {
  const { spares = 1, onServerExit } = options
  const stopwatch = startStopwatch()
  const announced: PostgresDefinition[] = []
  const plans = new Map<PostgresDefinition, Promise<TemplatePlan>>()
  const servings: Serving[] = []
  const opening = new Set<Promise<SuiteParts>>()
  const redisKinds = new Map<string, RedisKind>()
  const open = new Set<SuiteParts>()
  const kept: KeptSuite[] = []
  let number = 0
  let closing: Promise<void> | undefined
  let sweeping: Promise<unknown> | undefined

  const refuseClosed = (): void => {
    if (closing === undefined) return
    throw new HotbedError('ERR_HOTBED_DISPOSED', { message: 'The run has ended; no suite can be opened any more.' })
  }

  const plan = (definition: PostgresDefinition): Promise<TemplatePlan> => {
    const known = plans.get(definition) ?? planTemplate(definition)
    plans.set(definition, known)
    known.catch(() => plans.delete(definition))
    return known
  }

  const serve = (wanted: readonly [TemplatePlan, ...TemplatePlan[]], isOfOneSuite = false): Promise<PostgresServing> => {
    refuseClosed()
    // Leftovers of dead runs go while our own server starts.
    sweeping ??= sweepLeftovers().catch((error: unknown) => debug('leftovers not swept: %o', error))
    return startPostgresServing({
      plans: wanted,
      spares: isOfOneSuite ? 0 : spares,
      isOfOneSuite,
      nextNumber: () => (number += 1),
      cacheDirectory: resolveCacheDirectory(),
      user: findUnprivilegedUser(),
      stopwatch,
      onServerExit,
    })
  }

  const startServing = (key: string, wanted: TemplatePlan, others: readonly TemplatePlan[]): Serving => {
    const together = others.filter((other) => other.fingerprint !== wanted.fingerprint)
    // What is wrong with another stack is not the fault of this one.
    const alone = (error: unknown): Promise<PostgresServing> => {
      if (together.length === 0) throw error
      debug('stacks not started together: %o', error)
      return serve([wanted])
    }
    const entry: Serving = {
      key,
      templates: new Set([wanted, ...together].map((one) => one.fingerprint)),
      serving: serve([wanted, ...together]).catch(alone),
      hasEnded: false,
    }
    servings.push(entry)
    entry.serving.then(
      ({ group }) => group.access.server.exited.then(() => (entry.hasEnded = true)),
      () => servings.splice(servings.indexOf(entry), 1),
    )
    return entry
  }

  /** The suites of a template on a server that has it; else a server is started, with what else was announced for its kind. */
  const share = async (wanted: TemplatePlan): Promise<PostgresSuites | undefined> => {
    const key = serverKey(wanted.definition)
    const planned = await Promise.allSettled(announced.filter((other) => serverKey(other) === key).map(plan))
    const others = planned.flatMap((other) => (other.status === 'fulfilled' ? [other.value] : []))
    // Nothing is awaited between looking and starting: of two who ask at once, one starts the server.
    const known = servings.find((one) => one.key === key && !one.hasEnded && one.templates.has(wanted.fingerprint))
    const suites = (await (known ?? startServing(key, wanted, others)).serving).suitesOf(wanted)
    return suites ?? (await startServing(key, wanted, []).serving).suitesOf(wanted)
  }

  /** Spares are made when the suite that was just opened has had its first moments: on few cores they would delay its first connections. */
  const refillSoon = (suites: { readonly refill: () => void }): void => {
    setTimeout(() => {
      if (closing === undefined) suites.refill()
    }, REFILL_DELAY_MS).unref()
  }

  const openPostgres = async (definition: PostgresDefinition, isolation: Isolation): Promise<PostgresSuite> => {
    const wanted = await plan(definition)
    const own = isolation === 'server' ? await serve([wanted], true) : undefined
    try {
      const suites = own === undefined ? await share(wanted) : own.suitesOf(wanted)
      if (suites === undefined) throw new HotbedError('ERR_HOTBED_TEMPLATE', { message: 'The server that was started lacks its template.' })
      const suite = await stopwatch.measure('clone', suites.open)
      refillSoon(suites)
      return own === undefined ? suite : { ...suite, dispose: () => endOwn(suite).then(own.close) }
    } catch (error) {
      await own?.close()
      throw error
    }
  }

  const openRedis = async (
    definition: RedisDefinition,
    template: PostgresDefinition | undefined,
    lend: LendTables,
  ): Promise<RedisSuite> => {
    const { dataset: _, provider, image, ...server } = definition
    const filling = await planRedisFill(definition, template === undefined ? undefined : await plan(template))
    const key = fingerprint({
      ...server,
      image,
      provider: typeof provider === 'object' ? { ...provider } : provider,
      filling: filling?.fingerprint,
    })
    const makeKind = (): RedisKind => {
      // One line for each provider.
      if (typeof provider === 'object') return createTenantKind(provider, filling)
      if (provider === 'container' || image !== undefined)
        return createContainerKind({ ...server, image }, filling, { spares, onServerExit })
      return createLocalKind({ ...server, provider }, filling, { user: findUnprivilegedUser(), spares, onServerExit })
    }
    const kind = redisKinds.get(key) ?? makeKind()
    redisKinds.set(key, kind)
    const { suites, fill } = kind
    fill?.useTables(lend)
    const suite = await stopwatch.measure(({ facts }) => `start ${facts.flavour} ${facts.version.text} (${facts.provider})`, suites.open)
    refillSoon(suites)
    return suite
  }

  const openSuite = async (stack: StackDefinition, isolation: Isolation): Promise<SuiteParts> => {
    checkStack(stack)
    checkServerClock(stack, isolation)
    checkReplicas(stack, isolation)
    refuseClosed()
    const { postgres, redis } = stack
    const postgresSuite = postgres === undefined ? undefined : openPostgres(postgres, isolation)
    const lendTables: LendTables = async (use) => (await postgresSuite)?.lend(use)
    const [postgresOpening, redisOpening] = await Promise.allSettled([
      postgresSuite,
      redis === undefined ? undefined : openRedis(redis, postgres, lendTables),
    ])
    if (postgresOpening.status === 'rejected' || redisOpening.status === 'rejected') {
      if (postgresOpening.status === 'fulfilled') await postgresOpening.value?.dispose()
      if (redisOpening.status === 'fulfilled') await redisOpening.value?.dispose()
      throw postgresOpening.status === 'rejected' ? postgresOpening.reason : (redisOpening as PromiseRejectedResult).reason
    }
    const suite: SuiteParts = composeSuite(postgresOpening.value, redisOpening.value, {
      onKept: (label) => void kept.push({ label, facts: suite.facts }),
      onDisposed: () => open.delete(suite),
    })
    open.add(suite)
    return suite
  }

  const closeAll = async (): Promise<void> => {
    await Promise.allSettled(opening)
    const disposed = await Promise.allSettled([...open].map((suite) => suite.verbs.dispose()))
    const ended = await Promise.allSettled([
      ...[...redisKinds.values()].map(({ suites }) => suites.close()),
      ...servings.map(async ({ serving }) => (await serving.catch(() => undefined))?.close()),
      sweeping,
    ])
    const failures = [...disposed, ...ended].flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []))
    if (failures.length > 0) throw new AggregateError(failures, 'Not everything of the run could be ended.')
  }

  return {
    announce: (stack) => {
      // A suite with replicas has its server alone: nothing of it is started ahead.
      if (stack.postgres !== undefined && stack.postgres.replicas === undefined) announced.push(stack.postgres)
    },
    warm: () => {
      for (const definition of announced) {
        void plan(definition)
          .then(share)
          .then(
            (suites) => suites?.refill(),
            (error: unknown) => debug('not started ahead: %o', error),
          )
      }
    },
    refresh: () => plans.clear(),
    kept: () => kept,
    openSuite: (stack, isolation = 'clone') => {
      const opened = openSuite(stack, isolation)
      opening.add(opened)
      void opened.catch(() => {}).finally(() => opening.delete(opened))
      return opened
    },
    steps: stopwatch.steps,
    close: () => (closing ??= closeAll()),
  }
}
