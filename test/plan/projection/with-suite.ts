import { afterAll, beforeAll, describe } from 'vitest'
import { createRun } from '../../../src/databases/run.js'
import type { PostgresDefinition } from '../../../src/databases/stack.js'
import type { SuiteParts } from '../../../src/databases/suite-parts.js'
import { createSuitePostgres, type SuitePostgres } from '../../../src/suite-postgres.js'
import { defaultSearchOrigins, findEmbeddedPackage } from '../../../src/servers/postgres/embedded-binaries.js'
import { findSystemBinaries } from '../../../src/servers/postgres/system-binaries.js'
import { makeCache } from '../../servers/postgres/place.js'

/** A suite's database over a template, with the verbs behind it. */
export interface TestSuite extends SuiteParts {
  readonly postgres: SuitePostgres
}

/** Runs the tests once for every Postgres of this machine, over one template each. */
export async function describeEachSuite(
  definition: PostgresDefinition,
  tests: (suite: () => TestSuite, provider: string) => void,
): Promise<void> {
  const providers: ('embedded' | 'system')[] = []
  if (defaultSearchOrigins().some((origin) => findEmbeddedPackage(origin) !== undefined)) providers.push('embedded')
  if ((await findSystemBinaries(process.env, makeCache())).length > 0) providers.push('system')
  describe.each(providers)('Postgres of the provider %s', (provider) => {
    const run = createRun()
    let suite: TestSuite | undefined
    beforeAll(async () => {
      const parts = await run.openSuite({ postgres: { ...definition, provider } })
      if (parts.facts.postgres === undefined) throw new Error('The suite has no Postgres.')
      suite = { ...parts, postgres: createSuitePostgres(parts.facts.postgres, parts.verbs) }
    }, 120_000)
    afterAll(() => run.close())
    tests(() => {
      if (suite === undefined) throw new Error('The suite has not been opened.')
      return suite
    }, provider)
  })
}
