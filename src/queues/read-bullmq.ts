import type { SuiteVerbs } from '../databases/suite-parts.js'
import { KNOW_QUEUES, READ_QUEUES } from './bullmq-script.js'
import type { QueueJob, QueueState } from './queue-snapshot.js'

const SHOWN_OPEN = 100
const SHOWN_FAILED = 1_000
const SCANNED = 1_000
const META = ':meta'
/** Scores of delayed jobs are the moment times this, and their place among those of the same one. */
const MOMENT = 0x1000

type Send = SuiteVerbs['send']

/** The queues of BullMQ in database 0, by their keys: `bull:mail`. */
export async function findBullmqQueues(send: Send): Promise<readonly string[]> {
  const candidates = new Set<string>()
  let cursor = '0'
  do {
    const [next, keys] = (await send(['SCAN', cursor, 'MATCH', `*${META}`, 'COUNT', SCANNED])) as [string, readonly string[]]
    for (const key of keys) candidates.add(key)
    cursor = next
  } while (cursor !== '0')
  if (candidates.size === 0) return []
  const known = (await send(['EVAL', KNOW_QUEUES, candidates.size, ...candidates])) as readonly string[]
  return known.map((key) => key.slice(0, -META.length))
}

/** @param nowMs of the application: BullMQ's moments are its own */
export async function readBullmqQueues(
  send: Send,
  bases: readonly string[],
  nowMs: number,
  withHistory: boolean,
): Promise<readonly QueueState[]> {
  if (bases.length === 0) return []
  const raw = (await send([
    'EVAL',
    READ_QUEUES,
    bases.length,
    ...bases,
    SHOWN_OPEN,
    SHOWN_FAILED,
    withHistory ? 'history' : '',
  ])) as readonly RawQueue[]
  return raw.flatMap((one, index) => {
    const base = bases[index]
    return base === undefined ? [] : [readQueue(base, one, nowMs)]
  })
}

type RawQueue = readonly [...counts: number[], added: string, isPaused: number, jobs: readonly RawJob[]]
type RawJob = readonly [
  id: string,
  state: string,
  score: string | null,
  name: string,
  attemptsMade: string,
  attemptsAllowed: number,
  reason: string | null,
  data: string,
]

function readQueue(base: string, raw: RawQueue, nowMs: number): QueueState {
  const [
    active = 0,
    waiting = 0,
    prioritized = 0,
    delayed = 0,
    retrying = 0,
    waitingChildren = 0,
    scheduled = 0,
    failed = 0,
    completed = 0,
    peakActive = 0,
  ] = raw as readonly number[]
  const [added, isPaused, described] = raw.slice(-3) as [string, number, readonly RawJob[]]
  const jobs = described.map((job) => readJob(job, nowMs))
  const at = base.lastIndexOf(':')
  return {
    library: 'bullmq',
    name: base.slice(at + 1),
    place: base.slice(0, Math.max(0, at)),
    isPaused: isPaused === 1,
    counts: { active, waiting, prioritized, delayed, retrying, waitingChildren, scheduled, failed, completed },
    peakActive,
    added: Number(added),
    jobs: jobs.filter(({ state }) => state !== 'failed'),
    failed: jobs.filter(({ state }) => state === 'failed'),
  }
}

function readJob([id, state, score, name, attemptsMade, attemptsAllowed, reason, data]: RawJob, nowMs: number): QueueJob {
  return {
    id,
    name,
    // A queue that is paused keeps its jobs in a list of their own, in versions that had one.
    state: (state === 'paused' ? 'waiting' : state) as QueueJob['state'],
    attemptsMade: Number(attemptsMade),
    attemptsAllowed,
    dueInMs: score === null ? undefined : Math.floor(Number(score) / MOMENT) - nowMs,
    reason: reason ?? undefined,
    data,
  }
}
