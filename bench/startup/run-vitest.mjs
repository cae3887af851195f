import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Writes files into a folder of the repository, where `hotbed` and `vitest` resolve, and runs vitest on them. */
export function runVitest(files, args = []) {
  const folder = mkdtempSync(join(root, 'bench', '.tmp-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    const start = performance.now()
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder, ...args],
      {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1' },
      },
    )
    const durationMs = performance.now() - start
    if (status !== 0) throw new Error(`vitest failed:\n${`${stdout}\n${stderr}`.slice(-4000)}`)
    return { output: stdout, durationMs }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
