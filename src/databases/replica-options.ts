import { HotbedError } from '../primitives/error.js'
import { wrongOption } from '../primitives/options.js'
import type { PostgresDefinition, StackDefinition } from './stack.js'
import type { Isolation } from './suite-parts.js'

/** Each is a server with a copy of all data. */
const MOST_REPLICAS = 5
/** Without which nothing is streamed. A standby stops by itself where its primary has these. */
const FORBIDDEN: Readonly<Record<string, (value: string) => boolean>> = {
  wal_level: (value) => value === 'minimal',
  max_wal_senders: (value) => Number(value) === 0,
  hot_standby: (value) => /^(?:off|false|no|0)$/i.test(value),
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function checkReplicaCount({ replicas, settings = {} }: PostgresDefinition): void {
  if (replicas === undefined) return
  if (!(Number.isInteger(replicas) && replicas >= 1 && replicas <= MOST_REPLICAS))
    throw wrongOption('postgres.replicas', `a whole number from 1 to ${MOST_REPLICAS}, or left out`, replicas)
  for (const [name, value] of Object.entries(settings)) {
    if (FORBIDDEN[name.toLowerCase()]?.(String(value)) !== true) continue
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `postgres.replicas needs a server that streams its log, and postgres.settings.${name} is ${JSON.stringify(value)}.`,
      remedy: `Leave ${name} out: with replicas it is chosen for you.`,
    })
  }
}

/**
 * A replay that is held stops the changes of every database of its server, and a failover moves all of them: replicas are for a suite that has its
 * server alone.
 *
 * @throws {HotbedError} `ERR_HOTBED_ISOLATION`
 */
export function checkReplicas({ postgres }: StackDefinition, isolation: Isolation): void {
  if (postgres?.replicas === undefined || isolation === 'server') return
  throw new HotbedError('ERR_HOTBED_ISOLATION', {
    message: `postgres.replicas follow a whole server, which isolation '${isolation}' shares with other suites.`,
    remedy: "Use isolation: 'server'.",
  })
}
