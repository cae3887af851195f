import { HotbedError } from '../../primitives/error.js'
import { formatDuration } from '../../primitives/duration.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { isLeaseRace, type LeaseRace } from '../../scenarios/lease-race.js'
import { describeMatch, matcherOf, parseMatch, type Match } from '../../wire/match.js'
import { raceLines } from '../../wire/recording/race.js'
import type { RecordedEvent } from '../../wire/recording/recording.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { readCountable } from '../recording/countable.js'
import { timelineLines } from '../recording/recording-excerpt.js'
import { effectOf } from './write-effect.js'

export interface FencingOptions {
  /** The Redis command that gives out the fencing tokens, such as `'INCR fence:*'`: each has to be greater than the one before. */
  readonly token?: Match
}

/**
 * Passes when the write of a holder that had outlived its lease was refused: by an error, by 0 rows, by a transaction that was rolled back, in
 * Redis by nil or 0. It passes as well when the successor waited for a row lock of the holder, whose write was then not late. The rule is that
 * of fencing tokens (Kleppmann, "How to do distributed locking").
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is not from `suite.outliveLease`, or where no successor wrote meanwhile
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for options that are none
 */
export function toBeFenced(received: unknown, options: FencingOptions = {}): MatcherVerdict {
  const verb = "const race = await suite.outliveLease({ holder, successor, lock: 'lock:seat:7', write: 'UPDATE seats' })"
  if (!isLeaseRace(received)) throw wrongEvidence(received, 'toBeFenced', 'a race for a lease', verb)
  readCountable(received, 'toBeFenced')
  const race = received
  const token = readToken(options)
  const held = race.timeline.find(({ start }) => start === race.lease.heldWrite)
  const isSerialised = race.gate.openedBy === 'the others wait for a lock'
  if (held === undefined) throw withoutProof(race, 'the write of the holder is not in the recording')
  const meanwhile = race.timeline.filter(({ start }) => race.lease.writesMeanwhile.includes(start))
  const accepted = meanwhile.filter((event) => effectOf(event, race.statements).tookEffect === true)
  if (!isSerialised && accepted.length === 0) throw withoutProof(race, 'no successor wrote while the holder was paused')
  const { tookEffect, because } = effectOf(held, race.statements)
  if (!isSerialised && tookEffect === undefined) throw withoutProof(race, `whether the late write took effect is not known: ${because}`)
  const tokens = token === undefined ? undefined : readTokens(race, token)
  const evidence = (): readonly string[] => [
    ...raceLines(race).map((line) => `  ${line}`),
    `  lease: ${race.lease.keys.join(', ')} had ${formatDuration(race.lease.remainingMs)} left, and was over when the successor came`,
    ...(tokens === undefined ? [] : [`  tokens in the order of ${tokens.match}: ${tokens.values.join(', ')}`]),
    ...timelineLines(race, [held]),
  ]
  if (tokens?.rises === false) {
    return makeVerdict(
      false,
      () => ['The fencing tokens do not rise, so no store can tell an old one.', ...evidence()],
      () => [],
    )
  }
  return makeVerdict(
    isSerialised || tookEffect === false,
    () => [
      `A holder that had outlived its lease wrote after its successor, and it took effect (${because}).`,
      ...evidence(),
      '  A lease alone cannot prevent that. Send a token that rises with every lock along, and refuse an older one: … WHERE fence < $token.',
    ],
    () => [
      isSerialised
        ? 'The holder wrote before its successor, which waited for a lock of it in Postgres.'
        : `The late write was refused (${because}), and should not have been.`,
      ...evidence(),
    ],
  )
}

function withoutProof(race: LeaseRace, why: string): HotbedError {
  return unjudgeable(
    [`toBeFenced judges a write after the lease, and ${why}.`, ...raceLines(race).map((line) => `  ${line}`), ...timelineLines(race, [])],
    race.gate.openedBy === 'deadline'
      ? 'The successor did not come to an end: give each an instance of the application of its own, since behind the held write its connection waits.'
      : 'See why the successor did not get in: its outcome, and whether it takes the same lock.',
  )
}

function readToken(options: unknown): Match | undefined {
  if (typeof options !== 'object' || options === null) throw wrongOption('options', '{ token }', options)
  checkOptionNames(options, ['token'], 'toBeFenced()')
  const { token } = options as FencingOptions
  if (token === undefined) return undefined
  const spec = parseMatch(token, 'token')
  if ('store' in spec && spec.store === 'postgres') {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `Option 'token' is ${spec.text}, and the values that SQL gives back are not recorded.`,
      remedy: "Name the Redis command that gives out the tokens, such as 'INCR fence:*', or leave the option out.",
    })
  }
  return token
}

function readTokens(
  race: LeaseRace,
  token: Match,
): { readonly match: string; readonly values: readonly number[]; readonly rises: boolean } {
  const match = describeMatch(token)
  const values = race.commands.filter(matcherOf(token)).flatMap(valueOf)
  if (values.length < 2) throw withoutProof(race, `${values.length} of two tokens were seen at ${match}`)
  return { match, values, rises: values.every((value, index) => index === 0 || value > (values[index - 1] ?? value)) }
}

function valueOf(event: RecordedEvent): readonly number[] {
  const value = event.store === 'redis' ? Number(event.reply?.text.replaceAll('"', '')) : Number.NaN
  return Number.isNaN(value) ? [] : [value]
}
