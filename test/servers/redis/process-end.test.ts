import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isAlive, useDirectories } from './place.js'

const directories = useDirectories()
const dist = new URL('../../../dist/', import.meta.url).href

/** Runs a script that starts a server, connects to it and prints its pid; then `last`. */
async function runScript(
  last: string,
): Promise<{ readonly pid: number; readonly status: number | null; readonly directory: string; readonly errors: string }> {
  const place = directories.makePlace()
  const script = `
    const { startRedisServer } = await import('${dist}servers/redis/start.js')
    const { connectRedis } = await import('${dist}servers/redis/client.js')
    const server = await startRedisServer({}, ${JSON.stringify(place)})
    const connection = await connectRedis(server)
    await connection.send(['SET', 'a', 1])
    process.stdout.write(String(server.pid))
    ${last}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text))
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { pid: Number(output.stdout), status, directory: place.directory, errors: output.stderr }
}

test('an idle server and connection keep no process alive, and go with it', async () => {
  const { pid, status, directory, errors } = await runScript('')

  expect({ status, errors }).toEqual({ status: 0, errors: '' })
  expect(pid).toBeGreaterThan(0)
  await expect.poll(() => isAlive(pid) || existsSync(directory)).toBe(false)
})

test('the death of the server under an idle connection does not crash the process', async () => {
  const { status, errors } = await runScript(`
    const awake = setInterval(() => {}, 1000)
    process.kill(server.pid, 'SIGKILL')
    await server.exited
    clearInterval(awake)
    await connection.send(['PING']).catch((error) => { if (error.code !== 'ERR_HOTBED_REDIS_EXITED') throw error })
    await server.stop()`)

  expect({ status, errors }).toEqual({ status: 0, errors: '' })
})

test('nothing is left when the process is killed', async () => {
  const { pid, directory } = await runScript(`process.kill(process.pid, 'SIGKILL')`)

  await expect.poll(() => isAlive(pid) || existsSync(directory)).toBe(false)
})
