import type { StackDefinition } from '../databases/stack.js'
import { HotbedError } from '../primitives/error.js'
import { nearestName } from '../primitives/options.js'
import { FACT_READERS, type EnvironmentMapping } from './environment-variables.js'

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for a fact that does not exist, or of a store that the stack does not have */
export function checkEnvironmentMapping(mapping: EnvironmentMapping, stack: StackDefinition): void {
  for (const [variable, fact] of Object.entries(mapping)) {
    if (!Object.hasOwn(FACT_READERS, fact)) {
      const near = nearestName(fact, Object.keys(FACT_READERS))
      throw new HotbedError('ERR_HOTBED_OPTION', {
        message: `env.${variable} must be one of ${Object.keys(FACT_READERS).join(', ')}, but is '${fact}'.`,
        ...(near === undefined ? {} : { remedy: `Did you mean '${near}'?` }),
      })
    }
    const store = fact.startsWith('postgres') ? 'postgres' : 'redis'
    const isReplicated = fact !== 'postgres.replica.url' || stack.postgres?.replicas !== undefined
    if (stack[store] !== undefined && isReplicated) continue
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `env.${variable} is '${fact}', but the stack has no ${isReplicated ? store : 'replica'}.`,
      remedy: isReplicated ? `Add ${store}: {} to the stack.` : 'Add postgres: { replicas: 1 } to the stack.',
    })
  }
}
