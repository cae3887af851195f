import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Writes files into a folder of the repository, as a project with hotbed installed: a link or a self-reference would be transformed by vitest
 * module by module, which no user sees. Runs vitest on them.
 */
export function runVitest(files, args = [], env = {}) {
  const folder = mkdtempSync(join(root, 'bench', '.tmp-'))
  try {
    // Without a config of its own, the folder would get the repository's.
    for (const [name, text] of Object.entries({ 'vitest.config.mjs': 'export default {}', ...files })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'bench-project', type: 'module' }))
    const installed = join(folder, 'node_modules', 'hotbed')
    mkdirSync(installed, { recursive: true })
    for (const name of ['package.json', 'dist']) cpSync(join(root, name), join(installed, name), { recursive: true })
    const start = performance.now()
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder, ...args],
      {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, ...env, NO_COLOR: '1' },
      },
    )
    const durationMs = performance.now() - start
    if (status !== 0) throw new Error(`vitest failed:\n${`${stdout}\n${stderr}`.slice(-4000)}`)
    return { output: stdout, durationMs }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
