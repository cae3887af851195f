import type { SuiteParts } from '../databases/suite-parts.js'
import { withDeadline } from '../primitives/deadline.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { record } from '../tap-verbs/record.js'
import { createOperations, type Operation, type Operations } from '../wire/recording/operations.js'
import { createParticipants, type Participants } from './participants.js'
import { checkRace, DEFAULT_DEADLINE_MS, type RaceOptions } from './scenario.js'

export interface RepeatRunOptions extends Omit<RaceOptions, 'deadlineMs'> {
  /** Begins all at the same time instead of one after the other. @default false */
  readonly atOnce?: boolean
  /** So long all of them together may need, in milliseconds. @default 5000 */
  readonly deadlineMs?: number
}

/** Runs an operation `n` times and records it. An operation that rejects, or never settles, is an outcome. */
export async function repeat<Result>(
  parts: SuiteParts,
  n: number,
  act: (operation: number) => Promise<Result> | Result,
  options: RepeatRunOptions = {},
): Promise<Operations<Result>> {
  checkOptionNames(options, ['atOnce', 'deadlineMs', 'plans'], 'repeat()')
  const { atOnce = false, deadlineMs = DEFAULT_DEADLINE_MS, plans = false } = options
  checkRace(n, act, options, 1)
  if (typeof atOnce !== 'boolean') throw wrongOption('atOnce', 'true or false', atOnce)
  const participants = createParticipants(act)
  const position = async (): Promise<number> => (await parts.verbs.tap('position', [])) as number
  const run = atOnce ? runAtOnce : runInTurn
  const recording = await record(parts, () => run(participants, n, { position, deadlineMs }), { plans, deadlineMs })
  return createOperations(recording, atOnce)
}

interface Run {
  readonly position: () => Promise<number>
  readonly deadlineMs: number
}

/** Those behind one that does not settle are not begun. */
async function runInTurn<Result>(
  participants: Participants<Result>,
  n: number,
  { position, deadlineMs }: Run,
): Promise<readonly Operation<Result>[]> {
  const spans: { startedAt: number; settledAt: number | undefined }[] = []
  let isOver = false
  const all = async (): Promise<void> => {
    while (spans.length < n && !isOver) {
      const span: (typeof spans)[number] = { startedAt: await position(), settledAt: undefined }
      spans.push(span)
      await participants.start()
      span.settledAt = await position()
    }
  }
  // Whoever has not settled then stays 'unsettled'.
  await withDeadline(all(), deadlineMs, 'the operations').catch(() => {})
  isOver = true
  return readOperations(participants, spans)
}

async function runAtOnce<Result>(
  participants: Participants<Result>,
  n: number,
  { position, deadlineMs }: Run,
): Promise<readonly Operation<Result>[]> {
  const startedAt = await position()
  const spans = Array.from({ length: n }, () => ({ startedAt, settledAt: undefined as number | undefined }))
  for (const span of spans) {
    void participants.start().then(async () => {
      span.settledAt = await position()
    })
  }
  await participants.settle(deadlineMs)
  await position()
  return readOperations(participants, spans)
}

function readOperations<Result>(
  participants: Participants<Result>,
  spans: readonly { readonly startedAt: number; readonly settledAt: number | undefined }[],
): readonly Operation<Result>[] {
  return Object.freeze(
    participants.outcomes().map((outcome, index) => {
      const { startedAt = 0, settledAt } = spans[index] ?? {}
      return Object.freeze({ ...outcome, startedAt, settledAt: outcome.status === 'unsettled' ? undefined : settledAt })
    }),
  )
}
