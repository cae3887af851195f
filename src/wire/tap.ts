import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { unpackError } from '../primitives/portable-error.js'
import { HotbedError } from '../primitives/error.js'
import type { MatchSubject } from './match.js'
import type { BlockedSession } from './stepping.js'
import type { CommitNotice } from './thread/commit-turnstile.js'
import type { UpstreamQuestion, UpstreamReply } from './http/upstream-spec.js'
import type { TapAnswer, TapQuestion, TapReply, TapRequest } from './thread/protocol.js'
import type { SuiteTargets, TappedSuite } from './thread/suite-verbs.js'

/** What a suite behind the tap asks of its process. */
export interface TapQuestions {
  /** Which of these sessions wait for a lock. */
  readonly findBlocked: (processIds: readonly number[]) => Promise<readonly BlockedSession[]>
  readonly consult: (rule: number, subject: MatchSubject) => Promise<boolean>
  readonly askUpstream: (call: UpstreamQuestion) => Promise<UpstreamReply>
  /** Where the log of the primary, or of a replica, is. */
  readonly readLog: (replica: number | undefined) => Promise<string | undefined>
  /** Settles when somebody has looked at the stores as this commit left them. */
  readonly look: (notice: CommitNotice) => Promise<unknown>
}

type Asynchronous<Verbs> = {
  readonly [Verb in keyof Verbs]: Verbs[Verb] extends (...params: infer Params) => infer Value
    ? (...params: Params) => Promise<Awaited<Value>>
    : Verbs[Verb]
}

/** A suite behind the tap, as its process sees it. */
export type SuiteTap = Asynchronous<TappedSuite>

/**
 * The proxy between applications and stores: one thread for all suites of a run. In a thread, because a process that waits for a child
 * (`execFileSync`) serves no sockets, and because its work then does not delay the application's.
 */
export interface Tap {
  readonly openSuite: (targets: SuiteTargets, questions: TapQuestions) => Promise<SuiteTap>
  readonly close: () => Promise<void>
}

const VERBS: readonly Exclude<keyof TappedSuite, 'ports'>[] = [
  'openUpstream',
  'closeUpstream',
  'addPorts',
  'setReplayHeld',
  'promote',
  'openWindow',
  'closeWindow',
  'addRule',
  'ruleState',
  'arrived',
  'releaseRule',
  'removeRule',
  'connections',
  'leftovers',
  'setCommandTable',
  'passThrough',
  'watchCommits',
  'beginProgress',
  'untilQuiet',
  'progress',
  'position',
  'watchWork',
  'untilIdle',
  'untilAsked',
  'setClockOffset',
  'pauseRedis',
  'untranslated',
  'letLeave',
  'sessions',
  'untilEnded',
  'setDown',
  'startStepping',
  'step',
  'awaitArrival',
  'endStepping',
  'openMeter',
  'restartMeter',
  'closeMeter',
  'close',
]

interface Waiter {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

export function startTap(): Tap {
  // By the package's own name for it: what runs in the thread is always the built file, also where this one is loaded from source.
  const worker = new Worker(createRequire(import.meta.url).resolve('#tap-thread'), {
    name: 'hotbed tap',
    // Options of the process (`--eval`, loaders of a runner) are not meant for it.
    execArgv: [],
  })
  const waiting = new Map<number, Waiter>()
  const suites = new Map<number, TapQuestions>()
  let lastId = 0
  let lastSuite = 0
  let failure: HotbedError | undefined

  const ask = async (question: TapRequest extends infer R ? (R extends unknown ? Omit<R, 'id'> : never) : never): Promise<unknown> => {
    if (failure !== undefined) throw failure
    const id = (lastId += 1)
    worker.ref()
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      worker.postMessage({ id, ...question }, [])
    })
  }
  const answer = async (reply: Extract<TapReply, { ask: number }>): Promise<void> => {
    const questions = suites.get(reply.suite)
    const value = questions === undefined ? false : await answerQuestion(questions, reply).catch(() => false)
    worker.postMessage({ answerTo: reply.ask, value } satisfies TapAnswer, [])
  }
  worker.on('message', (reply: TapReply) => {
    if ('ask' in reply) {
      void answer(reply)
      return
    }
    const waiter = waiting.get(reply.id)
    waiting.delete(reply.id)
    // Only an open question keeps the process alive.
    if (waiting.size === 0) worker.unref()
    if ('error' in reply) waiter?.reject(unpackError(reply.error))
    else waiter?.resolve(reply.value)
  })
  const fail = (cause?: unknown): void => {
    failure ??= new HotbedError('ERR_HOTBED_TAP', { message: 'The thread of the tap has ended.', cause })
    for (const { reject } of waiting.values()) reject(failure)
    waiting.clear()
  }
  worker.on('error', fail)
  worker.on('exit', () => fail())
  worker.unref()

  return {
    openSuite: async (targets, questions) => {
      const suite = (lastSuite += 1)
      suites.set(suite, questions)
      const ports = (await ask({ open: targets, suite })) as TappedSuite['ports']
      const verbs = VERBS.map((verb) => [verb, (...params: readonly unknown[]) => ask({ suite, verb, params })])
      return { ...(Object.fromEntries(verbs) as Omit<SuiteTap, 'ports'>), ports }
    },
    close: async () => {
      failure ??= new HotbedError('ERR_HOTBED_DISPOSED', { message: 'The tap has ended.' })
      await worker.terminate()
    },
  }
}

async function answerQuestion(questions: TapQuestions, question: TapQuestion): Promise<TapAnswer['value']> {
  if ('findBlocked' in question) return questions.findBlocked(question.findBlocked)
  if ('consult' in question) return questions.consult(question.rule, question.consult)
  if ('upstream' in question) {
    const { upstream, route, request } = question
    return questions.askUpstream({ upstream, route, request })
  }
  if ('readLog' in question) return questions.readLog(question.readLog)
  await questions.look(question.lookAfter)
  return true
}
