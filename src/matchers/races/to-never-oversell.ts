import { checkOptionNames, checkWholeNumber, wrongOption } from '../../primitives/options.js'
import type { Outcome } from '../../wire/recording/race.js'
import { unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { brokenLines, failedLooks, indented, readRace } from './race-evidence.js'

export interface OversellOptions {
  /** How many there are to be had. */
  readonly capacity: number
  /**
   * Whether what a participant gave back means that it got one. @default every value but `false`, `null` and an HTTP response of 400 and above;
   * who was rejected got none
   */
  readonly accepted?: (value: unknown) => boolean
}

/**
 * Passes when no more participants were accepted than there is capacity, and the invariant of the race, where there is one, held after every
 * commit.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no race, or one in which nobody was accepted
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for options that are none
 */
export function toNeverOversell(received: unknown, options: OversellOptions): MatcherVerdict {
  const race = readRace(received, 'toNeverOversell')
  const { capacity, accepted } = readOptions(options)
  const count = race.outcomes.filter((outcome) => outcome.status === 'fulfilled' && accepted(outcome.value)).length
  if (count === 0 && capacity > 0) {
    throw unjudgeable(
      ['toNeverOversell counts who was accepted, and nobody was: the race sold nothing.', ...indented(race)],
      'See why: the outcomes. Where a value means success in another way, say so: { capacity, accepted: (value) => … }',
    )
  }
  const failed = failedLooks(race)
  const said = `${count} of ${race.outcomes.length} participants were accepted, capacity ${capacity}`
  return makeVerdict(
    count <= capacity && failed.length === 0,
    () => [`${said}${failed.length === 0 ? '' : '; and the invariant was broken'}.`, ...brokenLines(race, failed)],
    () => [`${said}, expected more.`, ...brokenLines(race, [])],
  )
}

function readOptions(options: unknown): Required<OversellOptions> {
  if (typeof options !== 'object' || options === null) throw wrongOption('options', '{ capacity: 1 }', options)
  checkOptionNames(options, ['capacity', 'accepted'], 'toNeverOversell()')
  const { capacity, accepted = isAccepted } = options as Partial<OversellOptions>
  checkWholeNumber('capacity', capacity, 0)
  if (typeof accepted !== 'function') throw wrongOption('accepted', 'a function', accepted)
  return { capacity, accepted }
}

function isAccepted(value: Extract<Outcome, { status: 'fulfilled' }>['value']): boolean {
  if (typeof value !== 'object' || value === null) return value !== false && value !== null
  const status: unknown = 'statusCode' in value ? value.statusCode : 'status' in value ? value.status : undefined
  return typeof status !== 'number' || status < 400
}
