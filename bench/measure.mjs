import { execFileSync } from 'node:child_process'

/** Runs a script in a process of its own, by `launcher` (such as `taskset -c 0`), and reads the JSON that it prints last. */
export function measure(script, { env = {}, args = [], launcher = [] } = {}) {
  const [command, ...rest] = [...launcher, process.execPath, script, ...args]
  const output = execFileSync(command, rest, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(output.trim().split('\n').at(-1))
}
