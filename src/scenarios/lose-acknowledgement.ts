import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, checkWholeNumber, wrongOption } from '../primitives/options.js'
import { readAcknowledgement, type Acknowledgement } from '../queues/acknowledgements.js'
import { inspectQueues } from '../queues/inspect-queues.js'
import { jobLine, printQueues } from '../queues/print-queues.js'
import type { QueueSnapshot } from '../queues/queue-snapshot.js'
import { untilQuiet, type QuietHost } from '../queues/quiet.js'
import { LOCK_LIVES, returnJob, type HeldJob } from '../queues/return-job.js'
import { record } from '../tap-verbs/record.js'
import type { Rule } from '../tap-verbs/intercept.js'
import { hold } from '../wire/actions.js'
import { createRace, type Outcome } from '../wire/recording/race.js'
import { measureEffect, type Effect } from './effect.js'
import type { LostAcknowledgement } from './lost-acknowledgement.js'
import { createParticipants } from './participants.js'
import { checkRace, DEFAULT_DEADLINE_MS, type RaceOptions, type ScenarioHost } from './scenario.js'

export interface LoseAcknowledgementOptions extends RaceOptions {
  /** Numbers that tell how often something happened: `'SELECT count(*) AS receipts FROM receipts'`. */
  readonly effect: Effect
  /**
   * Starts another worker, which takes the job again. The first waits for the answer to its acknowledgement: one that does one job at a time takes none.
   * @default nobody: workers that are there take it
   */
  readonly again?: () => unknown
  /** Only jobs of this queue. pg-boss and graphile-worker do not say it: there, no other may have one. @default any */
  readonly queue?: string
  /** So many acknowledgements pass first: of jobs that come before the one that is meant. @default 0 */
  readonly skip?: number
}

const OPTIONS = ['effect', 'again', 'queue', 'skip', 'deadlineMs', 'plans']
const scenario = 'loseAcknowledgement'

/** Holds the acknowledgement of a job, lets the lock of its worker be over, and lets the job be delivered again. */
export async function loseAcknowledgement<Result>(
  host: ScenarioHost & QuietHost,
  act: () => Promise<Result> | Result,
  options: LoseAcknowledgementOptions,
): Promise<LostAcknowledgement<Result>> {
  checkOptionNames(options, OPTIONS, 'loseAcknowledgement()')
  const { effect, again, queue, skip = 0, deadlineMs = DEFAULT_DEADLINE_MS, plans = false } = options
  checkRace(2, act, options, 2)
  if (again !== undefined && typeof again !== 'function') throw wrongOption('again', 'a function that starts another worker', again)
  checkWholeNumber('skip', skip, 0)
  const { parts, now } = host
  const { verbs } = parts
  const before = await measureEffect(verbs, effect)
  const participants = createParticipants((participant) => (participant === 1 ? act() : (again?.() as Result)))
  let acknowledged: Acknowledgement | undefined
  let connection: number | undefined
  let seen = 0
  const gate = await host.rules.intercept(
    (subject) => {
      const found = readAcknowledgement(subject)
      if (found === undefined || (queue !== undefined && found.job?.base.endsWith(`:${queue}`) === false)) return false
      if (seen === skip) {
        acknowledged = found
        connection = subject.connection
      }
      seen += 1
      return true
    },
    // Longer than all the waits below.
    hold({ deadlineMs: 5 * deadlineMs }),
    { times: 1, skip },
  )
  const found: {
    job?: HeldJob
    once?: LostAcknowledgement['effects']['once']
    again?: LostAcknowledgement['effects']['again']
    returnedAt?: number
  } = {}
  const run = async (): Promise<readonly Outcome<Result>[]> => {
    const started = participants.start()
    await comeToGate(gate, deadlineMs, () => inspectQueues(parts, undefined, now()))
    const queues = await inspectQueues(parts, undefined, now())
    found.job = findHeldJob(acknowledged, queues, queue)
    found.once = await measureEffect(verbs, effect)
    found.returnedAt = (await verbs.tap('position', [])) as number
    if (!(await returnJob(verbs, found.job))) throw givenUp(found.job)
    await started
    if (again !== undefined) void participants.start()
    await untilTaken(host, found.job, deadlineMs, connection)
    found.again = await measureEffect(verbs, effect)
    // The acknowledgement that comes too late changes nothing that is judged.
    await gate.release()
    await participants.settle(deadlineMs)
    return participants.outcomes()
  }
  try {
    const recording = await record(parts, run, { plans, deadlineMs })
    const { applied: arrived, outcome: openedBy } = await gate.remove()
    const { job, once, again: twice, returnedAt = 0 } = found
    if (job === undefined || once === undefined || twice === undefined) throw new Error('the run has ended without its facts')
    const match = `the acknowledgement of ${job.queue} #${job.id}`
    const effects = Object.freeze({ before, once, again: twice })
    return createRace(
      recording,
      { scenario, gate: { match, parties: undefined, arrived, openedBy }, invariants: [] },
      { job: Object.freeze(job), effects, returnedAt },
    )
  } finally {
    await gate.remove()
  }
}

async function comeToGate(gate: Rule, deadlineMs: number, look: () => Promise<QueueSnapshot>): Promise<void> {
  await gate.arrived(1, { timeoutMs: deadlineMs }).catch(async (cause: unknown) => {
    throw new HotbedError('ERR_HOTBED_RACE', {
      message: [
        `${scenario}: waited ${deadlineMs} ms for a worker to acknowledge a job, and none did.`,
        ...printQueues((await look()).queues.filter(({ jobs, failed }) => jobs.length + failed.length > 0))
          .split('\n')
          .slice(0, 8)
          .map((line) => `  ${line}`),
      ].join('\n'),
      remedy: 'Start a worker through suite.redis.url or suite.postgres.url before, and let its job succeed.',
      cause,
    })
  })
}

function findHeldJob(acknowledged: Acknowledgement | undefined, { queues }: QueueSnapshot, wanted: string | undefined): HeldJob {
  const active = queues.flatMap(({ library, name: queue, place, jobs }) =>
    jobs.flatMap(({ id, name, state }) =>
      state === 'active' && library === acknowledged?.library && queue === (wanted ?? queue) ? [{ library, queue, place, id, name }] : [],
    ),
  )
  const job = acknowledged?.job
  const held = job === undefined ? active : active.filter(({ place, queue, id }) => `${place}:${queue}` === job.base && id === job.id)
  const [only] = held
  if (only !== undefined && held.length === 1) return only
  throw new HotbedError('ERR_HOTBED_RACE', {
    message: `${scenario}: ${held.length === 0 ? 'the job that is acknowledged is not active' : `${held.length} jobs of ${acknowledged?.library} are active, and its acknowledgement does not say which it means`}.`,
    remedy: 'Let the worker do one job at a time, and add one.',
  })
}

function givenUp({ library, queue, id }: HeldJob): HotbedError {
  return new HotbedError('ERR_HOTBED_RACE', {
    message: `${scenario}: ${library} would not deliver ${queue} #${id} again: it has no attempt left, so a lost acknowledgement makes a job that was done a failed one.`,
    remedy: 'Allow a second attempt: retryLimit of pg-boss, maxAttempts of graphile-worker.',
  })
}

/** The job is in its queue again: when nothing is left to do, somebody has taken it. */
async function untilTaken(host: QuietHost, job: HeldJob, timeoutMs: number, except: number | undefined): Promise<void> {
  const names = [job.queue]
  await untilQuiet(host, { timeoutMs, names, delayed: 'ignore', pools: [], settleMs: 5, except }).catch(async (cause: unknown) => {
    const { queues } = await inspectQueues(host.parts, names, host.now())
    const left = queues.flatMap(({ jobs }) => jobs).find(({ id }) => id === job.id)
    throw new HotbedError('ERR_HOTBED_RACE', {
      message: [
        `${scenario}: the lock of the worker that did ${job.queue} #${job.id} was over (${LOCK_LIVES[job.library]}), and in ${timeoutMs} ms the job was not delivered again to its end.`,
        ...(left === undefined ? [] : [`  ${jobLine(left)}`]),
      ].join('\n'),
      remedy: 'Give { again: () => … } that starts another worker: the first waits for the answer to its acknowledgement.',
      cause,
    })
  })
}
