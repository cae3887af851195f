import type { AppInstance } from './app.js'

/** What an application of the test has logged last. */
export interface AppLog {
  readonly command: string
  readonly instances: readonly { readonly name: string; readonly exitStatus: number | undefined; readonly lines: readonly string[] }[]
}

/** On `globalThis`, because a runner may load modules once per test file. */
const LIVE: unique symbol = Symbol.for('hotbed.live-apps')
const registry = globalThis as { [LIVE]?: { readonly live: Set<() => AppLog>; ended: readonly AppLog[] } }

const LINES = 10
/** Of a test that starts and stops more, the last. */
const ENDED = 4

/** Gives the function that says that it is being stopped, after which its logs are gone. */
export function noteLiveApp(command: string, instances: readonly AppInstance[]): () => void {
  const known = (registry[LIVE] ??= { live: new Set(), ended: [] })
  const read = (): AppLog => ({
    command,
    instances: instances.map(({ name, exitStatus, log }) => ({ name, exitStatus, lines: log(LINES) })),
  })
  known.live.add(read)
  return () => {
    if (known.live.delete(read)) known.ended = [...known.ended, read()].slice(-ENDED)
  }
}

/** Of those that run, and of those that were stopped since this was called last. */
export function takeAppLogs(): readonly AppLog[] {
  const known = registry[LIVE]
  if (known === undefined) return []
  const logs = [...known.ended, ...[...known.live].map((read) => read())]
  known.ended = []
  return logs
}
