import { isRecording, type Recording } from '../../wire/recording/recording.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'

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
