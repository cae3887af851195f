import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Text by path from the root of the repository. Rules take such a map, so that a test can feed them one that breaks them. */
export type Files = ReadonlyMap<string, string>

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url))

/** Every text file that is committed or would be. */
export function readRepository(): Files {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: ROOT, encoding: 'utf8' })
  const files = new Map<string, string>()
  for (const path of listed.split('\0')) {
    const text = path === '' ? undefined : readText(path)
    if (text !== undefined) files.set(path, text)
  }
  return files
}

function readText(path: string): string | undefined {
  try {
    const bytes = readFileSync(`${ROOT}/${path}`)
    return bytes.includes(0) ? undefined : bytes.toString('utf8')
  } catch {
    // Removed, but not yet from git's index; or a link to a directory.
    return undefined
  }
}
