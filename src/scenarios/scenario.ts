import type { SuiteParts } from '../databases/suite-parts.js'
import { HotbedError } from '../primitives/error.js'
import { wrongOption } from '../primitives/options.js'
import type { Rules } from '../tap-verbs/intercept.js'

/** What a scenario stands on: the suite, and its rules. */
export interface ScenarioHost {
  readonly parts: SuiteParts
  readonly rules: Rules
}

/** What all races take. */
export interface RaceOptions {
  /** So long the gate stays closed at most; and so long, once it is open, those who take part may need. @default 5000 */
  readonly deadlineMs?: number
  /** Whether statements bring the plan they really ran with. @default false */
  readonly plans?: boolean
}

export const DEFAULT_DEADLINE_MS = 5_000

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function checkRace(
  participants: number,
  act: unknown,
  { deadlineMs = DEFAULT_DEADLINE_MS, plans }: RaceOptions,
  least: number,
): void {
  if (!Number.isInteger(participants) || participants < least || participants > MOST)
    throw wrongOption('n', `a whole number from ${least} to ${MOST}`, participants)
  if (typeof act !== 'function') throw wrongOption('fn', 'a function that runs one participant', act)
  checkDeadline(deadlineMs)
  if (plans !== undefined && typeof plans !== 'boolean') throw wrongOption('plans', 'true or false', plans)
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function checkDeadline(deadlineMs: unknown, name: string = 'deadlineMs'): void {
  if (typeof deadlineMs !== 'number' || !(deadlineMs > 0 && deadlineMs < 2 ** 31))
    throw wrongOption(name, 'milliseconds above 0', deadlineMs)
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function checkKey(host: ScenarioHost, key: unknown): void {
  if (typeof key !== 'string' || key === '') throw wrongOption('key', 'the key as it stands in Redis', key)
  requireRedis(host, 'The race is about a key')
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` when the suite has no Redis; `subject` begins its text: `'The race is about a key'` */
export function requireRedis({ parts: { facts } }: ScenarioHost, subject: string): void {
  if (facts.redis !== undefined) return
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `${subject} in Redis, and the stack of this suite has none.`,
    remedy: 'Add redis: {} to the stack.',
  })
}

/** More connections than that no server of a suite takes. */
const MOST = 1_000
