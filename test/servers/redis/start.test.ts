import { chmodSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { requireRedisBinary } from '../../../src/servers/redis/find-redis.js'
import { startRedisServer } from '../../../src/servers/redis/start.js'
import { useDirectories } from './place.js'

const directories = useDirectories()

/** A program in a directory that only we can enter, as under /root. */
async function makeProgram(script: (path: string) => string): Promise<string> {
  const { path, libraries } = await requireRedisBinary()
  const directory = directories.make()
  chmodSync(dirname(directory), 0o700)
  const program = join(directory, 'redis-server')
  writeFileSync(program, `#!/bin/sh\nexport LD_LIBRARY_PATH='${libraries.join(':')}'\n${script(path)}\n`, { mode: 0o755 })
  return program
}

test.skipIf(process.getuid?.() !== 0)(
  'as root it runs as the user of the place, and as root where that user cannot reach the program',
  async () => {
    const reachable = await startRedisServer({}, directories.makePlace())
    onTestFinished(() => reachable.stop())
    const binary = await makeProgram((path) => `exec '${path}' "$@"`)
    const place = directories.makePlace()
    const hidden = await startRedisServer({ binary }, place)
    onTestFinished(() => hidden.stop())

    expect(statSync(`/proc/${reachable.pid}`).uid).toBe(place.user?.uid)
    expect(statSync(`/proc/${hidden.pid}`).uid).toBe(0)
  },
)

test('a server that does not answer in time is stopped, with its log in the error', async () => {
  const binary = await makeProgram((path) => `[ "$1" = --version ] && exec '${path}' "$@"\necho "busy with something else"\nexec sleep 60`)
  const place = directories.makePlace()

  await expect(startRedisServer({ binary }, place, { timeoutMs: 300 })).rejects.toThrow(
    /does not answer PING in time\. \[ERR_HOTBED_REDIS_START\]\n {2}Last lines of its log:\n {4}busy with something else/,
  )
})

test('a server that ends for another reason is told with its status and log', async () => {
  const binary = await makeProgram((path) => `[ "$1" = --version ] && exec '${path}' "$@"\necho "no luck"\nexit 3`)

  await expect(startRedisServer({ binary }, directories.makePlace())).rejects.toThrow(
    /ended with status 3 instead of answering\. \[ERR_HOTBED_REDIS_START\]\n {2}Last lines of its log:\n {4}no luck/,
  )
})
