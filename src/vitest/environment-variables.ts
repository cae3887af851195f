import type { StackDefinition } from '../databases/stack.js'
import type { SuiteFacts } from '../databases/suite-parts.js'
import { HotbedError } from '../primitives/error.js'
import { nearestName } from '../primitives/options.js'

/** What an environment variable can carry: `postgres` and `redis` are the URLs. */
export type SuiteFact =
  | 'postgres'
  | `postgres.${'url' | 'adminUrl' | 'host' | 'port' | 'user' | 'password' | 'database'}`
  | 'redis'
  | `redis.${'url' | 'host' | 'port'}`

const READERS: Readonly<Record<SuiteFact, (facts: SuiteFacts) => string | number | undefined>> = {
  postgres: ({ postgres }) => postgres?.url,
  'postgres.url': ({ postgres }) => postgres?.url,
  'postgres.adminUrl': ({ postgres }) => postgres?.adminUrl,
  'postgres.host': ({ postgres }) => postgres?.host,
  'postgres.port': ({ postgres }) => postgres?.port,
  'postgres.user': ({ postgres }) => postgres?.user,
  'postgres.password': ({ postgres }) => postgres?.password,
  'postgres.database': ({ postgres }) => postgres?.database,
  redis: ({ redis }) => redis?.url,
  'redis.url': ({ redis }) => redis?.url,
  'redis.host': ({ redis }) => redis?.host,
  'redis.port': ({ redis }) => redis?.port,
}

/** Which variable carries what: `{ DATABASE_URL: 'postgres', PGHOST: 'postgres.host' }`. */
export type EnvironmentMapping = Readonly<Record<string, SuiteFact>>

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for a fact that does not exist, or of a store that the stack does not have */
export function checkEnvironmentMapping(mapping: EnvironmentMapping, stack: StackDefinition): void {
  for (const [variable, fact] of Object.entries(mapping)) {
    if (!Object.hasOwn(READERS, fact)) {
      const near = nearestName(fact, Object.keys(READERS))
      throw new HotbedError('ERR_HOTBED_OPTION', {
        message: `env.${variable} must be one of ${Object.keys(READERS).join(', ')}, but is '${fact}'.`,
        ...(near === undefined ? {} : { remedy: `Did you mean '${near}'?` }),
      })
    }
    const store = fact.startsWith('postgres') ? 'postgres' : 'redis'
    if (stack[store] !== undefined) continue
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `env.${variable} is '${fact}', but the stack has no ${store}.`,
      remedy: `Add ${store}: {} to the stack.`,
    })
  }
}

/** The variables of one suite. */
export function mapEnvironment(mapping: EnvironmentMapping, facts: SuiteFacts): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(mapping).map(([variable, fact]) => [variable, String(READERS[fact](facts))]))
}
