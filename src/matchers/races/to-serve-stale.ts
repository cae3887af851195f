import { isInvalidationRace, type InvalidationRace } from '../../scenarios/invalidation-race.js'
import { eventLines } from '../../wire/recording/print-recording.js'
import type { Command, RecordedEvent } from '../../wire/recording/recording.js'
import { readKeyEffects } from '../../wire/recording/key-effects.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { readCountable } from '../recording/countable.js'
import { timelineLines } from '../recording/recording-excerpt.js'
import { nameEvent } from '../cache/effect-text.js'
import { indented } from './race-evidence.js'
import { effectOf } from './write-effect.js'

/**
 * Passes when a fill survived whose source was read before the last invalidation of the key: a stale write-back, served to the read afterwards.
 * Used with `.not`.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no such race, or one in which the fill did not come after the write
 */
export function toServeStale(received: unknown): MatcherVerdict {
  const verb = "const race = await suite.raceInvalidation({ read, write, key: 'product:7' })"
  if (!isInvalidationRace(received)) throw wrongEvidence(received, 'toServeStale', 'a race between a fill and an invalidation', verb)
  const race = received
  readCountable(race, 'toServeStale')
  const fill = race.commands.find(({ start }) => start === race.heldFill)
  if (fill === undefined) throw withoutProof(race, 'the fill is not in the recording')
  const fate = effectOf(fill, race.statements)
  const hit = lookupAfter(race)
  const effects = effectsOn(race)
  const rewrite = writesBetween(effects, fill, hit)
  const isStale = fate.tookEffect !== false && hit?.outcome === 'hit' && rewrite === undefined
  if (!isStale) requireProof(race, fate.tookEffect, hit)
  const invalidation = effects.findLast(({ at, command }) => command !== fill && at > fill.start && at < (fill.end ?? Infinity))?.command
  const source = race.statements.findLast(({ end }) => end !== undefined && end < fill.start)
  const shown: readonly RecordedEvent[] = [source, invalidation, fill, hit?.command].flatMap((event) => event ?? [])
  const evidence = (): readonly string[] => [
    ...indented(race),
    `  source read:  ${source === undefined ? 'no statement before the fill' : `${nameEvent(source)} (position ${source.start})`}`,
    `  invalidation: ${invalidation === undefined ? 'none: the write left the key as it was' : `${nameEvent(invalidation)} (position ${invalidation.start})`}`,
    `  fill:         ${nameEvent(fill)} (let go after that; → ${fate.because})`,
    ...(shown.length === 0
      ? timelineLines(race, [fill])
      : ['  timeline:', ...eventLines(shown.toSorted(byReply), new Set([fill])).map((line) => `  ${line}`)]),
  ]
  return makeVerdict(
    isStale,
    () => [`${race.key} did not serve a stale value, expected that it does.`, ...evidence()],
    () => [
      `${race.key} serves a stale value: it was filled after its last invalidation, from a source that was read before it.`,
      ...evidence(),
      '  Guard the fill: let the invalidation raise a generation, and fill by a script only while that is still the one read before the source.',
    ],
  )
}

interface FoundLookup {
  readonly command: Command
  readonly outcome: 'hit' | 'miss'
}

/** What the read afterwards found. */
function lookupAfter({ commands, key, readAgainAt }: InvalidationRace): FoundLookup | undefined {
  for (const command of commands) {
    if (command.start <= readAgainAt) continue
    const outcome = command.lookups.find((one) => one.key === key)?.outcome ?? existence(command, key)
    if (outcome !== undefined) return { command, outcome }
  }
  return undefined
}

/** Where absence is what is cached, a key says all by being there, and no more is asked of it. */
function existence({ name, keys, reply }: Command, key: string): FoundLookup['outcome'] | undefined {
  if (name !== 'EXISTS' || keys.length !== 1 || keys[0] !== key || reply?.kind !== 'integer') return undefined
  return reply.text === '0' ? 'miss' : 'hit'
}

type Effects = ReturnType<typeof readKeyEffects>

function effectsOn(race: InvalidationRace): Effects {
  // Without a key: what flushes, and EXEC.
  const commands = race.commands.filter(({ keys }) => keys.length === 0 || keys.includes(race.key))
  return readKeyEffects(commands).filter(({ key }) => key === undefined || key === race.key)
}

/** Who wrote or removed the key after the fill: what is served then is not the fill's. */
function writesBetween(effects: Effects, fill: Command, hit: FoundLookup | undefined): Command | undefined {
  const until = hit?.command.start ?? Infinity
  return effects.find(({ at, command }) => command !== fill && at > (fill.end ?? Infinity) && at < until)?.command
}

/** Freshness is no proof where the order did not come about, or where nobody looked. */
function requireProof(race: InvalidationRace, tookEffect: boolean | undefined, hit: FoundLookup | undefined): void {
  const { openedBy } = race.gate
  const writer = race.outcomes[1]
  if (writer?.status !== 'fulfilled') throw withoutProof(race, 'the write did not succeed')
  if (openedBy === 'the others ask nothing new')
    throw withoutProof(race, 'the writer waited for the reader: in memory, or behind the held fill on the same connection')
  if (tookEffect !== false && hit === undefined) throw withoutProof(race, 'the read afterwards did not look the key up')
}

function withoutProof(race: InvalidationRace, why: string): Error {
  return unjudgeable(
    [`toServeStale judges a fill that comes after an invalidation, and ${why}.`, ...indented(race), ...timelineLines(race, [])],
    'Give reader and writer an instance of the application each, with connections of their own.',
  )
}

function byReply(a: RecordedEvent, b: RecordedEvent): number {
  return (a.end ?? Infinity) - (b.end ?? Infinity)
}
