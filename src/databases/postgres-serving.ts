import { fingerprint } from '../primitives/fingerprint.js'
import { decidingExtensions } from '../servers/postgres/extensions/deciding.js'
import type { PostgresServerWish } from '../servers/server.js'
import { startPostgresGroup, type PostgresGroup, type PostgresGroupOptions } from './postgres-group.js'
import { createPostgresSuites, type PostgresSuites } from './postgres-suites.js'
import { createSchemaSuites } from './schema-suites.js'
import type { PostgresDefinition } from './stack.js'
import type { TemplatePlan } from './template.js'

/** A group that has been started for certain definitions, and the suites of each. */
export interface PostgresServing {
  readonly group: PostgresGroup
  /** The suites of a template, or `undefined` when it is not on this server. */
  readonly suitesOf: (plan: TemplatePlan) => PostgresSuites | undefined
  readonly close: () => Promise<void>
}

export interface PostgresServingOptions extends Omit<PostgresGroupOptions, 'server'> {
  readonly plans: readonly [TemplatePlan, ...TemplatePlan[]]
  readonly spares: number
  readonly nextNumber: () => number
}

export async function startPostgresServing(options: PostgresServingOptions): Promise<PostgresServing> {
  const { plans, spares, nextNumber } = options
  const different = new Map(plans.map((plan) => [plan.fingerprint, plan]))
  const group = await startPostgresGroup({
    ...options,
    server: postgresServerOptions(plans[0].definition),
    replicas: plans[0].definition.replicas,
    plans: [...different.values()],
  })
  const suites = new Map<string, PostgresSuites>()
  return {
    group,
    suitesOf: (plan) => {
      if (!group.templates.has(plan.fingerprint)) return undefined
      const key = `${plan.fingerprint} ${plan.definition.database ?? ''}`
      const make = (): PostgresSuites =>
        group.access.server.rights.createDatabase
          ? createPostgresSuites(group, plan, spares, nextNumber)
          : createSchemaSuites(group, plan, nextNumber, options.stopwatch)
      const known = suites.get(key) ?? make()
      suites.set(key, known)
      return known
    },
    close: async () => {
      for (const known of suites.values()) await known.close()
      await group.close()
    },
  }
}

/** Definitions with the same key can share a server. */
export function serverKey(definition: PostgresDefinition): string {
  const { provider, ...options } = postgresServerOptions(definition)
  return fingerprint({ ...options, provider: typeof provider === 'object' ? { ...provider } : provider })
}

/** What of a definition is the server's. */
export function postgresServerOptions({ extensions, ...definition }: PostgresDefinition): PostgresServerWish {
  const { provider, image, version, binaries, settings, locale, clock } = definition
  return { provider, image, version, binaries, settings, locale, clock, extensions: decidingExtensions(extensions, settings) }
}
