import { existsSync, readFileSync } from 'node:fs'
import type { PostgresFacts, SuiteVerbs } from '../databases/suite-parts.js'
import { importInto, type ImportedPlanner } from '../plan/statistics-dump/import-statistics.js'
import { readDump, readPortable, type ReadDump } from '../plan/statistics-dump/read-dump.js'
import type { StatisticsDump } from '../plan/statistics-dump/statistics-dump.js'
import { HotbedError } from '../primitives/error.js'
import { wrongOption } from '../primitives/options.js'
import { requireFiles } from './require-files.js'
import { projectionFailure } from './with-projection-host.js'

/** The planner of another server, as far as its statistics make it. Ends with the suite, or when it is disposed. */
export interface ImportedStatistics extends ImportedPlanner, AsyncDisposable {
  readonly dispose: () => Promise<void>
}

/** Imports statistics into a throw-away clone without rows; the suite's own database is not touched. */
export async function importStatistics(
  facts: PostgresFacts,
  verbs: SuiteVerbs,
  source: string | URL | StatisticsDump,
): Promise<ImportedStatistics> {
  const dataDirectory = requireFiles(facts, 'postgres.importStatistics()')
  const dump = readSource(source)
  const session = await verbs.openThrowAway('hollow')
  let closing: Promise<void> | undefined
  const dispose = (): Promise<void> => (closing ??= verbs.closeThrowAway(session))
  try {
    const query = (sql: string, values?: readonly unknown[]): ReturnType<SuiteVerbs['query']> => verbs.query(sql, values, session)
    const planner = await importInto({ query, dataDirectory, role: facts.user }, dump)
    let last: Promise<unknown> = Promise.resolve()
    return {
      ...planner,
      explain: (statement, params, options) => {
        if (closing !== undefined) throw new HotbedError('ERR_HOTBED_DISPOSED', { message: 'The imported statistics have been disposed.' })
        // One session, several statements each: one after the other.
        const plan = last.then(() => planner.explain(statement, params, options))
        last = plan.catch(() => {})
        return plan
      },
      dispose,
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await dispose().catch(() => {})
    throw projectionFailure(error)
  }
}

function readSource(source: unknown): ReadDump {
  if (source instanceof URL || (typeof source === 'string' && !/[\n{]/.test(source))) return readFile(source)
  if (typeof source === 'string') return readDump(source, 'The text')
  if (typeof source === 'object' && source !== null && !Array.isArray(source)) return readPortable(source, 'The value')
  throw wrongOption('dump', 'a path, or what hotbed statistics export wrote', source)
}

function readFile(path: string | URL): ReadDump {
  if (path === '' || !existsSync(path)) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `importStatistics() was given '${String(path)}', which does not exist.`,
      remedy: 'Make it with: hotbed statistics export --url postgres://… --output statistics.json',
    })
  }
  return readDump(readFileSync(path, 'utf8'), String(path))
}
