import { plural } from '../../primitives/plural.js'
import { isKeyspaceSnapshot, type KeyspaceSnapshot } from '../../keyspace/keyspace-snapshot.js'
import { isMemoryMeasurement, memoryLines, type MemoryMeasurement } from '../../keyspace/memory-measurement.js'
import { checkWholeNumber } from '../../primitives/options.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from '../recording/count-range.js'
import { keyLines, requireKeys } from './key-lines.js'

/**
 * Passes when the memory is no more than so many bytes: of a measurement, by how much `used_memory` has grown, buffers of connections aside, which is
 * what the keys cost, hash tables and all; of a snapshot, what its keys take by MEMORY USAGE, without the tables: those are
 * a fifth to a third more for small values, by how full they are, and some 20 kB come once with the first key.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is neither, a snapshot without keys, or memory that only shrank because keys were evicted
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for what are no bytes
 */
export function toStayWithinMemory(received: unknown, bytes: number): MatcherVerdict {
  if (!isMemoryMeasurement(received) && !isKeyspaceSnapshot(received)) {
    throw wrongEvidence(
      received,
      'toStayWithinMemory',
      'the memory of a Redis, or its keys',
      'const memory = await redis.measureMemory(() => …)',
    )
  }
  checkWholeNumber('bytes', bytes, 1, 'a whole number above 0')
  return isMemoryMeasurement(received) ? judgeMeasurement(received, bytes) : judgeSnapshot(received, bytes)
}

function judgeMeasurement(memory: MemoryMeasurement, bytes: number): MatcherVerdict {
  const { grownBytes, evicted } = memory
  if (evicted > 0 && grownBytes <= bytes) {
    throw unjudgeable(
      [
        `The memory has grown by ${formatCount(grownBytes)} bytes only because ${formatCount(evicted)} ${evicted === 1 ? 'key was' : 'keys were'} evicted.`,
        ...indent(memoryLines(memory)),
      ],
      "Measure without a limit: redis.send('CONFIG', 'SET', 'maxmemory', 0). What is evicted is judged by toEvict and toRetain.",
    )
  }
  const said = `The memory has ${grownBytes < 0 ? 'shrunk' : 'grown'} by ${formatCount(Math.abs(grownBytes))} bytes`
  return makeVerdict(
    grownBytes <= bytes,
    () => [`${said}, ${formatCount(grownBytes - bytes)} more than ${formatCount(bytes)}.`, ...indent(memoryLines(memory))],
    () => [`${said}, expected more than ${formatCount(bytes)}.`, ...indent(memoryLines(memory))],
  )
}

function judgeSnapshot(snapshot: KeyspaceSnapshot, bytes: number): MatcherVerdict {
  requireKeys(snapshot, 'memory')
  const { keys, totals, pattern } = snapshot
  const unknown = keys.filter((key) => key.bytes === undefined)
  if (unknown.length > 0) {
    throw unjudgeable(
      [`The server does not tell how much memory ${formatCount(unknown.length)} of the keys like '${pattern}' take.`],
      'MEMORY USAGE is there from Redis 4.0 on.',
    )
  }
  const largest = (): readonly string[] =>
    keyLines(
      keys.toSorted((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0)),
      ({ type, bytes: own }) => `${formatCount(own ?? 0)} bytes  (${type})`,
    ).map((line) => line.replace('✗', ' '))
  const said = `${plural(keys.length, 'key')} like '${pattern}' take ${formatCount(totals.bytes)} bytes`
  return makeVerdict(
    totals.bytes <= bytes,
    () => [`${said}, ${formatCount(totals.bytes - bytes)} more than ${formatCount(bytes)}. The largest:`, ...largest()],
    () => [`${said}, expected more than ${formatCount(bytes)}. The largest:`, ...largest()],
  )
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`)
}
