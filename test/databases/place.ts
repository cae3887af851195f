import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { resolveCacheDirectory } from '../../src/primitives/cache-directory.js'
import { startStopwatch } from '../../src/primitives/stopwatch.js'
import { findUnprivilegedUser } from '../../src/primitives/unprivileged-user.js'
import { startPostgresGroup, type PostgresGroup } from '../../src/databases/postgres-group.js'
import { planTemplate } from '../../src/databases/template.js'
import type { PostgresDefinition } from '../../src/databases/stack.js'
import { makeTemporary } from '../primitives/child.js'

/** A folder with these files. */
export function makeFolder(files: Readonly<Record<string, string>>): string {
  const folder = makeTemporary()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const groups: PostgresGroup[] = []

afterAll(async () => {
  await Promise.all(groups.splice(0).map((group) => group.close()))
})

/** A Postgres with the templates of `definitions`, closed after the file's tests. */
export async function startGroup(
  definitions: readonly [PostgresDefinition, ...PostgresDefinition[]],
  cacheDirectory: string = resolveCacheDirectory(),
): Promise<PostgresGroup> {
  const plans = await Promise.all(definitions.map(planTemplate))
  const { provider, version, settings } = definitions[0]
  const group = await startPostgresGroup({
    server: { provider, version, settings },
    plans,
    cacheDirectory,
    user: findUnprivilegedUser(),
    stopwatch: startStopwatch(),
  })
  groups.push(group)
  return group
}

/** Ends one before the file's end. */
export async function closeGroup(group: PostgresGroup): Promise<void> {
  groups.splice(groups.indexOf(group), 1)
  await group.close()
}
