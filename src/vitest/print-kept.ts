import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import pc from 'picocolors'
import type { KeptSuite } from '../databases/run.js'

/** How to look at suites that were kept, and how to end them. */
export function formatKept(kept: readonly KeptSuite[], searchPath: string = process.env['PATH'] ?? ''): string {
  const lines = kept.flatMap(({ label, facts: { postgres, redis } }) => [
    pc.bold(`hotbed: kept the stores of ${label === '' ? 'a suite' : label}`),
    ...(postgres === undefined ? [] : [`  postgres  ${postgres.url}`, ...onPath('psql', searchPath, `            psql '${postgres.url}'`)]),
    ...(redis === undefined
      ? []
      : [`  redis     ${redis.url}`, ...onPath('redis-cli', searchPath, `            redis-cli -u ${redis.url}`)]),
  ])
  return [...lines, '  They stay up until: npx hotbed clean --kept'].join('\n')
}

export function printKept(kept: readonly KeptSuite[]): void {
  if (kept.length > 0) process.stderr.write(`\n${formatKept(kept)}\n`)
}

/** `line` when the program is installed: the embedded binaries bring no psql. */
function onPath(program: string, searchPath: string, line: string): readonly string[] {
  const found = searchPath.split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
  return found ? [line] : []
}
