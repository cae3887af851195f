import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { HotbedError } from '../../primitives/error.js'

/** A file of variables that is there while the stack is up. */
export interface EnvFile {
  readonly path: string
  readonly write: (variables: Readonly<Record<string, string>>) => void
  readonly remove: () => void
}

const MARK = '# Written by hotbed start, removed when the stack ends.'

/**
 * Refuses a file that somebody else has written, before any work is done.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export function prepareEnvFile(name: string): EnvFile {
  const path = resolve(name)
  if (existsSync(path) && !readFileSync(path, 'utf8').startsWith(MARK)) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `--write-env names ${path}, which was not written by hotbed and stays as it is.`,
      remedy: 'Name a file that does not exist yet, such as .env.hotbed.',
    })
  }
  let written = false
  return {
    path,
    write: (variables) => {
      const lines = Object.entries(variables).map(([variable, value]) => `${variable}='${value}'`)
      // With passwords in it: for us alone.
      writeFileSync(path, `${[MARK, ...lines].join('\n')}\n`, { mode: 0o600 })
      written = true
    },
    remove: () => {
      if (written) rmSync(path, { force: true })
    },
  }
}
