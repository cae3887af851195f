import type { PostgresFacts } from '../databases/suite-parts.js'
import { HotbedError } from '../primitives/error.js'

/**
 * The data directory of the suite's server. The planner asks the files of tables for their size, so whoever has it plan for another size must reach
 * them.
 *
 * @param what needs them, as a sentence begins
 * @throws {HotbedError} `ERR_HOTBED_ISOLATION` where the provider has none
 */
export function requireFiles({ dataDirectory, provider }: PostgresFacts, what: string): string {
  if (dataDirectory !== undefined) return dataDirectory
  throw new HotbedError('ERR_HOTBED_ISOLATION', {
    message: `${what} needs the files of the server, which provider '${provider}' does not have: the planner asks them for the size of tables.`,
    remedy: "Use provider: 'embedded' or 'system' for such tests; explain() on rows that are loaded works here, too.",
  })
}
