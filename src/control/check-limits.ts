import type { ServerLimits } from '../databases/suite-parts.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'

/** `maxclients` and a CONNECTION LIMIT can be higher; no machine that tests run on gets there. */
const MOST_CONNECTIONS = 100_000

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function checkLimits(limits: ServerLimits, known: readonly (keyof ServerLimits)[], call: string): void {
  if (typeof limits !== 'object' || limits === null) throw wrongOption(call, 'given what is limited, such as { connections: 5 }', limits)
  checkOptionNames(limits, known, call)
  const { connections, memory, policy } = limits
  if (connections === undefined && memory === undefined && policy === undefined)
    throw wrongOption(call, `given at least one of ${known.join(', ')}`, limits)
  if (connections !== undefined && !(Number.isInteger(connections) && connections >= 0 && connections <= MOST_CONNECTIONS))
    throw wrongOption('connections', `a whole number from 0 to ${MOST_CONNECTIONS}`, connections)
  const isSize = typeof memory === 'number' ? Number.isInteger(memory) && memory > 0 : /^[1-9]\d*(?:[kmg]b?)?$/i.test(memory ?? '1')
  if (!isSize) throw wrongOption('memory', "bytes, or a size as in redis.conf, such as '2mb'", memory)
  if (policy !== undefined && typeof policy !== 'string') throw wrongOption('policy', "a policy of Redis, such as 'allkeys-lru'", policy)
}
