import { expiryLines, isExpiryProbe, type ExpiryLook } from '../../clock/expiry-probe.js'
import { formatDuration, readDuration, type Duration } from '../../primitives/duration.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'

/**
 * Passes when it was there just before the end of this life, and gone at its end.
 *
 * @param received what `suite.clock.probeExpiry` gave
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for anything else, for a probe of another life, of something that never was there, or of a machine
 *   so slow that the look before the end came after it
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no length of time
 */
export function toExpireAfter(received: unknown, duration: Duration): MatcherVerdict {
  if (!isExpiryProbe(received)) {
    throw wrongEvidence(
      received,
      'toExpireAfter',
      'the probe of an expiry',
      "const probe = await suite.clock.probeExpiry('product:7', { after: '5m' })",
    )
  }
  const life = readDuration(duration, 'duration')
  const { subject, afterMs, looks } = received
  const [stored, before, over] = looks
  if (life !== afterMs) {
    throw unjudgeable(
      [`The probe looked before and after ${formatDuration(afterMs)}, and the matcher asks about ${formatDuration(life)}.`],
      'Give both the same length of time.',
    )
  }
  if (stored?.isThere !== true || before === undefined || over === undefined) {
    throw unjudgeable(
      [`${subject} was not there when it had been stored, so nothing could expire.`],
      'Store it in `store`, or before the probe.',
    )
  }
  if (before.isThere === false && before.atMs >= afterMs) {
    throw unjudgeable(
      [`The look before the end came after it, at ${formatDuration(before.atMs)}: this machine is too slow for the margin.`],
      'Give probeExpiry a larger margin.',
    )
  }
  const isWrong = (look: ExpiryLook): boolean => (look === before && !look.isThere) || (look === over && look.isThere)
  return makeVerdict(
    before.isThere && !over.isThere,
    () => [
      before.isThere
        ? `${subject} has not expired after ${formatDuration(life)}: it is still there.`
        : `${subject} is gone before ${formatDuration(life)} are over.`,
      ...expiryLines(received, isWrong),
      ...causeLines(before, over, life),
    ],
    () => [`${subject} expires after ${formatDuration(life)}, and should not.`, ...expiryLines(received)],
  )
}

function causeLines(before: ExpiryLook, over: ExpiryLook, life: number): readonly string[] {
  if (over.isThere && over.ttlMs === 'persistent') {
    return ['  A key is persistent when it was written without EX, PX or EXPIRE, or when a later SET without KEEPTTL took its TTL away.']
  }
  if (over.isThere && typeof over.ttlMs === 'number' && typeof before.ttlMs === 'number')
    return [`  Its life ends ${formatDuration(over.atMs + over.ttlMs)} after it was stored.`]
  if (over.isThere) return ['  Where each look renews a life (a session that slides), probe the key instead of a function that reads it.']
  return [
    `  Its life was shorter, or had begun before the probe: let the probe store it, with \`store\` (${formatDuration(life)} count from there).`,
  ]
}
