import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The paths that a pattern with one `*`, for one folder's name, stands for here; one without is itself. Not all of them need exist. */
export function expandPattern(pattern: string): readonly string[] {
  const [before = '', after] = pattern.split('*')
  if (after === undefined) return [pattern]
  const parent = before.endsWith('/') ? before : dirname(before)
  const prefix = before.endsWith('/') ? '' : before.slice(parent.length + 1)
  if (!existsSync(parent)) return []
  return readdirSync(parent)
    .filter((name) => name.startsWith(prefix))
    .map((name) => `${join(parent, name)}${after}`)
}
