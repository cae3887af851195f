import { createRun, type Run, type RunOptions } from './databases/run.js'
import type { SuiteParts, SuiteVerbs } from './databases/suite-parts.js'
import { HotbedError } from './primitives/error.js'
import { tapFacts, target } from './tapped-facts.js'
import { createTappedReplication } from './tapped-replication.js'
import { startTap, type SuiteTap, type Tap } from './wire/tap.js'
import type { UpstreamQuestion, UpstreamReply } from './wire/http/upstream-spec.js'
import type { MatchSubject } from './wire/match.js'
import { createQuestions } from './wire/questions.js'
import type { CommitNotice } from './wire/thread/commit-turnstile.js'
import type { BlockedSession } from './wire/stepping.js'

/** One tap for all runs of this process: clients that outlive their suite keep their silent connections to it. */
const SHARED_TAP: unique symbol = Symbol.for('hotbed.tap')
const registry = globalThis as { [SHARED_TAP]?: Tap | undefined }

/**
 * To start the tap takes 45 ms of processor time, and to start a Postgres takes longer: on two cores the tap would be in its way, so it follows when that is on its
 * way, and is there before it.
 */
const BEHIND_POSTGRES_MS = 40

/** A run whose suites are reached through the tap. */
export function createTappedRun(options: RunOptions = {}): Run {
  const run = createRun(options)
  const tap = (): Tap => (registry[SHARED_TAP] ??= startTap())
  /** It starts while the servers do. */
  const startAhead = (hasPostgres: boolean): void => {
    if (registry[SHARED_TAP] !== undefined) return
    if (hasPostgres) setTimeout(tap, BEHIND_POSTGRES_MS).unref()
    else tap()
  }
  return {
    ...run,
    warm: () => {
      run.warm()
      startAhead(true)
    },
    openSuite: async (stack, isolation) => {
      startAhead(stack.postgres !== undefined)
      const parts = await run.openSuite(stack, isolation)
      return tapSuite(parts, tap()).catch(async (error: unknown) => {
        await parts.verbs.dispose()
        throw error
      })
    },
  }
}

/** What a call gets whose route would have answered in the test's process. */
const ENDED: UpstreamReply = { answer: { status: 503, headers: {}, body: '' }, problem: 'the suite has ended' }

/** What a command's keys are has to be known by then. */
const NEEDS_COMMANDS: ReadonlySet<string> = new Set(['openWindow', 'addRule', 'openMeter', 'watchCommits', 'startStepping', 'watchWork'])

async function tapSuite({ facts, routes, verbs }: SuiteParts, tap: Tap): Promise<SuiteParts> {
  /** Predicates of rules, and invariants, which cannot leave the process that made them. */
  const consultations = createQuestions<{ readonly rule: number; readonly subject: MatchSubject }, boolean>(false)
  const calls = createQuestions<UpstreamQuestion, UpstreamReply>(ENDED)
  const commits = createQuestions<CommitNotice, undefined>(undefined)
  const { postgres, redis } = facts
  const suiteTap = await tap.openSuite(
    {
      postgres: target(postgres, routes?.postgresTls),
      redis: target(redis, routes?.redisTls),
      redisTenant: routes?.redisTenant,
      replicas: (postgres?.replicas ?? []).map(({ host, port }) => ({ host, port })),
    },
    {
      consult: (rule, subject) => consultations.ask({ rule, subject }),
      askUpstream: calls.ask,
      look: commits.ask,
      readLog: async (replica) => String(await verbs.replicate({ act: 'position', replica })),
      findBlocked: async (processIds) => {
        const { rows } = await verbs.query(
          'SELECT pid AS "processId", by FROM unnest($1::int[]) pid, LATERAL (SELECT pg_blocking_pids(pid) AS by) blocking WHERE cardinality(by) > 0',
          [processIds],
        )
        return rows as unknown as readonly BlockedSession[]
      },
    },
  )
  const replication = createTappedReplication(suiteTap, verbs, postgres?.replicas.length ?? 0)
  let hasEnded = false
  let resetting: Promise<unknown> = Promise.resolve()
  let table: Promise<void> | undefined
  /** Where the keys of a command are only the server knows; asked when somebody wants to know for the first time. */
  const learnCommands = (): Promise<void> => (table ??= redis === undefined ? Promise.resolve() : learnTable(verbs, suiteTap))
  const byName = {
    ...suiteTap,
    nextConsultation: consultations.next,
    answerConsultation: consultations.answer,
    nextCall: calls.next,
    answerCall: calls.answer,
    nextCommit: commits.next,
    answerCommit: commits.answer,
    watchCommits: async (isOn: boolean) => {
      await suiteTap.watchCommits(isOn)
      if (!isOn) commits.dismiss()
    },
  } as unknown as Readonly<Record<string, (...params: readonly unknown[]) => Promise<unknown>>>
  return {
    facts: tapFacts(facts, suiteTap.ports),
    verbs: {
      ...verbs,
      tap: async (verb, params) => {
        if (hasEnded) {
          throw new HotbedError('ERR_HOTBED_DISPOSED', {
            message: 'The suite has ended; nothing can be recorded or steered in it any more.',
          })
        }
        if (NEEDS_COMMANDS.has(verb)) await learnCommands()
        return byName[verb]?.(...params)
      },
      control: async (store, request) => {
        // What Redis is not asked now it could not be asked then.
        if (store === 'redis' && (request.act === 'pause' || request.act === 'kill')) await learnCommands().catch(() => {})
        const before = await verbs.control(store, request)
        if (request.act === 'kill') await suiteTap.setDown(store, true)
        if (request.act === 'restart') await suiteTap.setDown(store, false)
        return before
      },
      replicate: replication.replicate,
      keep: async (label) => {
        await verbs.keep(label)
        await allUp(suiteTap)
      },
      takeBack: async () => {
        const found = await verbs.takeBack()
        if (found.length > 0) await allUp(suiteTap)
        await replication.released()
        return found
      },
      reset: (only) => {
        if (hasEnded) return verbs.reset(only)
        const next = (only === 'redis' ? verbs.reset(only) : replication.released().then(() => resetPostgres(suiteTap, verbs))).then(() =>
          allUp(suiteTap),
        )
        resetting = Promise.allSettled([resetting, next])
        return next
      },
      dispose: async () => {
        hasEnded = true
        await resetting
        consultations.end()
        calls.end()
        commits.end()
        // The applications' connections lose their server's side here and stay open, silent, on theirs.
        await suiteTap.close()
        await verbs.dispose()
      },
    },
  }
}

/** A reset, and the end of a test, starts again what was killed. */
async function allUp(suiteTap: SuiteTap): Promise<void> {
  await Promise.all([suiteTap.setDown('postgres', false), suiteTap.setDown('redis', false)])
}

/** Ends the sessions of the application between its requests, so that none of its clients takes that for the answer to one. */
async function resetPostgres(suiteTap: SuiteTap, verbs: SuiteVerbs): Promise<void> {
  // Ended in the middle of its goodbye, a pool that did everything right would see an uncaught error.
  await suiteTap.letLeave()
  const sessions = await suiteTap.sessions()
  await verbs.reset()
  // A client that has not heard of it would be given to the next who asks.
  await suiteTap.untilEnded(sessions)
}

async function learnTable(verbs: SuiteVerbs, suiteTap: SuiteTap): Promise<void> {
  // Loaded by the first who records: the start of a suite need not wait for it.
  const [raw, { createCommandTable }] = await Promise.all([verbs.send(['COMMAND']), import('./wire/redis/command-table.js')])
  await suiteTap.setCommandTable(createCommandTable(raw))
}
