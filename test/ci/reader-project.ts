import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeDirectory, removeDirectory, type Ending } from '../cli/hotbed.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A project that has hotbed installed, as a job of CI checks it out. */
export interface ReaderProject {
  readonly directory: string
  /** Runs a command line as CI does, by bash. */
  readonly run: (line: string, env?: NodeJS.ProcessEnv) => Promise<Ending>
  readonly remove: () => void
}

const FILES: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "reader", "private": true, "type": "module" }',
  'migrations/1.sql': 'CREATE TABLE users (id int PRIMARY KEY);',
  'vitest.config.ts': `import { hotbed } from 'hotbed/vitest/plugin'
    export default { plugins: [hotbed({ postgres: { migrations: './migrations' }, redis: {} })] }`,
  'one.test.ts': `import { expect, test } from 'hotbed/vitest'
    test('one', async ({ postgres }) => expect((await postgres.query('SELECT * FROM users')).rows).toEqual([]))`,
  'two.test.ts': `import { expect, test } from 'hotbed/vitest'
    test('two', async ({ redis }) => expect(await redis.send('PING')).toBe('PONG'))`,
}

export function makeReaderProject(): ReaderProject {
  const directory = makeDirectory()
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  mkdirSync(join(directory, 'node_modules/.bin'), { recursive: true })
  symlinkSync(ROOT, join(directory, 'node_modules/hotbed'))
  for (const name of ['vite', 'vitest']) symlinkSync(join(ROOT, 'node_modules', name), join(directory, 'node_modules', name))
  link('hotbed', join(ROOT, 'dist/cli/main.js'))
  link('vitest', join(ROOT, 'node_modules/vitest/vitest.mjs'))
  function link(name: string, target: string): void {
    const path = join(directory, 'node_modules/.bin', name)
    writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${target}' "$@"\n`)
    chmodSync(path, 0o755)
  }
  return {
    directory,
    run: async (line, env = {}) => {
      const own = Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(?:VITEST|NODE_ENV$|TEST$|NODE_OPTIONS$|npm_)/.test(name)),
      )
      const child = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', line], {
        cwd: directory,
        env: { ...own, NO_COLOR: '1', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const output = { stdout: '', stderr: '' }
      for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text))
      const [status] = (await once(child, 'close')) as [number | null]
      return { status, ...output }
    },
    remove: () => removeDirectory(directory),
  }
}
