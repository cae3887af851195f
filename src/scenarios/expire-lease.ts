import type { SuiteVerbs } from '../databases/suite-parts.js'
import { inspectKeyspace } from '../keyspace/inspect.js'
import { createDeadline } from '../primitives/deadline.js'
import { HotbedError } from '../primitives/error.js'

export interface ExpiredLease {
  readonly keys: readonly string[]
  readonly remainingMs: number
}

/**
 * Makes the keys of a lock expire now.
 *
 * @throws {HotbedError} `ERR_HOTBED_TIMEOUT` when there is no such key, or one without a TTL: a lock that has no lease
 */
export async function expireLease({ send }: SuiteVerbs, lock: string, timeoutMs: number): Promise<ExpiredLease> {
  const { keys } = await inspectKeyspace(send, lock)
  const leases = keys.flatMap(({ ttlMs }) => (ttlMs === 'persistent' ? [] : [ttlMs]))
  if (keys.length === 0) {
    const all = await inspectKeyspace(send, '*')
    const names = all.keys.slice(0, 3).map(({ key }) => `'${key}'`)
    throw new HotbedError('ERR_HOTBED_TIMEOUT', {
      message: `The holder is at its write and holds no lock: no key is like '${lock}'.`,
      remedy:
        names.length === 0 ? 'Redis holds no key at all.' : `Redis holds ${names.join(', ')}${all.keys.length > 3 ? ' and others' : ''}.`,
    })
  }
  if (leases.length < keys.length) {
    throw new HotbedError('ERR_HOTBED_TIMEOUT', {
      message: `The lock '${keys.find(({ ttlMs }) => ttlMs === 'persistent')?.key}' never expires, so no holder can outlive its lease; one that dies keeps it for ever.`,
      remedy: 'Give it a lease: SET key token NX PX 10000.',
    })
  }
  const names = keys.map(({ key }) => key)
  await Promise.all(names.map((key) => send(['PEXPIRE', key, 1])))
  const deadline = createDeadline(timeoutMs)
  // A key is gone when a read finds it so: Redis' own events come late.
  while ((await send(['EXISTS', ...names])) !== 0) {
    if (!deadline.isOver()) continue
    throw new HotbedError('ERR_HOTBED_TIMEOUT', {
      message: `Waited ${timeoutMs} ms for '${lock}' to expire, and somebody prolonged it again and again.`,
    })
  }
  return { keys: names, remainingMs: Math.min(...leases) }
}
