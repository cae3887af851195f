import { formatMs } from '../../wire/recording/print-recording.js'
import { isRace, outcomeText } from '../../wire/recording/race.js'
import { isRecording, type Recording } from '../../wire/recording/recording.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'

/**
 * For an expectation that is met by absence: where the application never came through the tap, nothing is absent, it was only not seen. Nor is
 * it where all who took part in a race failed.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE`, with and without `.not`, when the tap has seen no connection since the suite opened, or nobody was
 *   fulfilled
 */
export function requireSeenApplication(recording: Recording, matcher: string): void {
  const { connections, durationMs } = recording
  if (isRace(recording) && recording.outcomes.length > 0 && recording.outcomes.every(({ status }) => status !== 'fulfilled')) {
    throw unjudgeable(
      [
        `${matcher} found nothing, and nobody got so far: none of the ${recording.outcomes.length} participants was fulfilled.`,
        ...recording.outcomes.slice(0, 3).map((outcome) => `  participant ${outcome.participant}: ${outcomeText(outcome)}`),
      ],
      'See why: String(race) prints what each asked for.',
    )
  }
  if (connections.seen > 0) return
  throw unjudgeable(
    [
      `${matcher} found nothing, and nothing could be found: no connection of the application has come through the tap since the suite opened.`,
      `  in ${formatMs(durationMs)}: 0 statements, 0 commands, 0 connections`,
    ],
    'Check that the application connects to suite.postgres.url and suite.redis.url, not to a directUrl, a port of its own or a mock.',
  )
}

/**
 * The recording that a matcher was given, when it holds nobody else's traffic.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE`, with and without `.not`, when it is anything else
 */
export function readCountable(received: unknown, matcher: string): Recording {
  if (!isRecording(received)) throw wrongEvidence(received, matcher, 'a recording', 'const run = await suite.record(() => …)')
  if (received.overlapping) {
    throw unjudgeable(
      [
        `${matcher} counts, and this recording overlaps with another one of the same suite: each holds the traffic of both.`,
        `  ${String(received).split('\n', 1)[0]}`,
      ],
      "Use a suite per test, createTest(stack, { scope: 'test' }), or record one after the other.",
    )
  }
  return received
}
