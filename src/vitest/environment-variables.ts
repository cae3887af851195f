import type { SuiteFacts } from '../databases/suite-parts.js'

/** What an environment variable can carry: `postgres` and `redis` are the URLs. */
export type SuiteFact =
  | 'postgres'
  | `postgres.${'url' | 'adminUrl' | 'host' | 'port' | 'user' | 'password' | 'database'}`
  /** Of the first. */
  | 'postgres.replica.url'
  | 'redis'
  | `redis.${'url' | 'host' | 'port'}`

/** How each fact is read. */
export const FACT_READERS: Readonly<Record<SuiteFact, (facts: SuiteFacts) => string | number | undefined>> = {
  postgres: ({ postgres }) => postgres?.url,
  'postgres.url': ({ postgres }) => postgres?.url,
  'postgres.adminUrl': ({ postgres }) => postgres?.adminUrl,
  'postgres.host': ({ postgres }) => postgres?.host,
  'postgres.port': ({ postgres }) => postgres?.port,
  'postgres.user': ({ postgres }) => postgres?.user,
  'postgres.password': ({ postgres }) => postgres?.password,
  'postgres.database': ({ postgres }) => postgres?.database,
  'postgres.replica.url': ({ postgres }) => postgres?.replicas[0]?.url,
  redis: ({ redis }) => redis?.url,
  'redis.url': ({ redis }) => redis?.url,
  'redis.host': ({ redis }) => redis?.host,
  'redis.port': ({ redis }) => redis?.port,
}

/** Which variable carries what: `{ DATABASE_URL: 'postgres', PGHOST: 'postgres.host' }`. */
export type EnvironmentMapping = Readonly<Record<string, SuiteFact>>

/** The variables of one suite. */
export function mapEnvironment(mapping: EnvironmentMapping, facts: SuiteFacts): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(mapping).map(([variable, fact]) => [variable, String(FACT_READERS[fact](facts))]))
}
