import { execFileSync } from 'node:child_process'

/** Runs a script in a process of its own and reads the JSON that it prints last. */
export function measure(script, { env = {}, args = [] } = {}) {
  const output = execFileSync(process.execPath, [script, ...args], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(output.trim().split('\n').at(-1))
}
