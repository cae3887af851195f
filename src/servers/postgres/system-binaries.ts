import { existsSync, realpathSync, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { runCommand } from '../../primitives/run-command.js'
import { expandPattern } from '../expand-pattern.js'
import { rememberFacts } from './remembered-facts.js'

/** Where packages of Debian, Red Hat, Homebrew and Postgres.app put Postgres; `*` stands for one folder's name. */
export const SYSTEM_PATTERNS: readonly string[] = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql@*/bin',
  '/usr/local/opt/postgresql@*/bin',
  '/Applications/Postgres.app/Contents/Versions/*/bin',
]

/** Directories with `postgres` and `initdb` that the system has, each once. */
export async function findSystemBinaries(
  variables: NodeJS.ProcessEnv,
  cacheDirectory: string,
  patterns: readonly string[] = SYSTEM_PATTERNS,
): Promise<readonly string[]> {
  const path = (variables['PATH'] ?? '').split(delimiter).filter((folder) => folder.startsWith('/'))
  const directories = [
    ...patterns.flatMap(expandPattern),
    // A link in the PATH leads to the directory that also has the libraries beside it.
    ...path
      .map((folder) => join(folder, 'postgres'))
      .filter((file) => existsSync(file))
      .map((file) => dirname(realpathSync(file))),
    ...(await askPgConfig(path, cacheDirectory)),
  ]
  return [...new Set(directories.filter(holdsPostgres).map((directory) => realpathSync(directory)))]
}

/** Both programs are needed: a package of client programs has neither. */
export function holdsPostgres(directory: string): boolean {
  return existsSync(join(directory, 'postgres')) && existsSync(join(directory, 'initdb'))
}

async function askPgConfig(path: readonly string[], cacheDirectory: string): Promise<readonly string[]> {
  const program = path.map((folder) => join(folder, 'pg_config')).find((file) => existsSync(file))
  if (program === undefined) return []
  const { mtimeMs, size } = statSync(program)
  const { directory } = await rememberFacts(cacheDirectory, ['pg_config', realpathSync(program), mtimeMs, size], async () => {
    const { stdout } = await runCommand(program, { args: ['--bindir'], timeoutMs: 10_000 }).catch(() => ({ stdout: '' }))
    return { directory: stdout.trim() }
  })
  return directory === undefined || directory === '' ? [] : [directory]
}
