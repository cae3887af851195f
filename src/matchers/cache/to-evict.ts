import { memoryLines } from '../../keyspace/memory-measurement.js'
import { readMemory, unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount, readRange, type CountRange } from '../recording/count-range.js'

/**
 * Passes when so many keys were evicted meanwhile: thrown away by the server because `maxmemory` was reached.
 *
 * @example
 * await suite.redis.send('CONFIG', 'SET', 'maxmemory', '4mb')
 * await suite.redis.send('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
 * const memory = await suite.redis.measureMemory(() => readEverything(app))
 * expect(memory).toEvict({ max: 100 })
 *
 * @param range how many. @default at least 1
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no measurement, or one of a server that evicts nothing
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a range that is none
 */
export function toEvict(received: unknown, range: CountRange = { min: 1 }): MatcherVerdict {
  const memory = readMemory(received, 'toEvict')
  const { holds, label } = readRange(range, 'toEvict')
  if (memory.maxBytes === 0 || memory.policy === 'noeviction') {
    throw unjudgeable(
      [
        `Nothing could be evicted: the server has ${memory.maxBytes === 0 ? 'no maxmemory' : "the policy 'noeviction', which refuses writes instead"}.`,
      ],
      "Limit it first: redis.send('CONFIG', 'SET', 'maxmemory', '4mb') and redis.send('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru').",
    )
  }
  const said = `${formatCount(memory.evicted)} key${memory.evicted === 1 ? ' was' : 's were'} evicted`
  const lines = (): readonly string[] => memoryLines(memory).map((line) => `  ${line}`)
  return makeVerdict(
    holds(memory.evicted),
    () => [`${said}, expected ${label}.`, ...lines()],
    () => [`${said}, expected not ${label}.`, ...lines()],
  )
}
