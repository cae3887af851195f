import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { hasProc, makeDirectory, removeDirectory, startHotbed, type Running } from './hotbed.js'

// Real servers, and binaries that are looked at for the first time.
vi.setConfig({ testTimeout: 60_000 })

let project: string

beforeAll(() => {
  project = makeDirectory()
  mkdirSync(join(project, 'migrations'))
  writeFileSync(join(project, 'migrations', '1.sql'), 'CREATE TABLE beds (id int PRIMARY KEY);')
})

afterAll(() => removeDirectory(project))

async function query<Row extends object>(output: string, sql: string): Promise<readonly Row[]> {
  const connectionString = /postgres {2}(postgres\S+)/.exec(output)?.[1]
  if (connectionString === undefined) throw new Error(`No URL was printed:\n${output}`)
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

/** The directory of the run and the pid of the postmaster, as the operating system has them. */
function findServer(running: Running): { readonly runDirectory: string; readonly pid: number } {
  const children = readFileSync(`/proc/${running.child.pid}/task/${running.child.pid}/children`, 'utf8').trim().split(' ')
  for (const supervisor of children) {
    const words = readFileSync(`/proc/${supervisor}/cmdline`, 'utf8').split('\0')
    const directory = words.find((word) => word.endsWith('/postgres') && existsSync(join(word, 'data')))
    if (directory === undefined) continue
    return { runDirectory: dirname(directory), pid: Number(readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]) }
  }
  throw new Error('No supervisor of a Postgres is among the children.')
}

test.runIf(hasProc)('start prints URLs of a migrated stack; Ctrl-C leaves nothing', async () => {
  const running = startHotbed(['start', '--migrations', 'migrations', '--write-env', 'stack.env'], { cwd: project })
  const output = await running.prints('Ready after')

  expect(output).toMatch(/^stack: options of this command\npostgres {2}postgresql:\/\/\S+\n/)
  expect(output).toMatch(/\nredis {5}redis:\/\/127\.0\.0\.1:\d+\n/)
  expect(await query(output, `SELECT to_regclass('beds')::text AS name`)).toEqual([{ name: 'beds' }])
  const url = /redis {5}(\S+)/.exec(output)?.[1]
  expect(readFileSync(join(project, 'stack.env'), 'utf8')).toContain(`REDIS_URL='${url}'\n`)
  const { runDirectory, pid } = findServer(running)
  running.child.kill('SIGINT')

  expect(await running.ended).toMatchObject({ status: 0, stdout: expect.stringMatching(/Ended\. Nothing is left\.\n$/), stderr: '' })
  expect(existsSync(runDirectory)).toBe(false)
  expect(existsSync(`/proc/${pid}`)).toBe(false)
  expect(existsSync(join(project, 'stack.env'))).toBe(false)
})

test('start takes the stack of hotbed.config.mjs before that of a vitest config', async () => {
  const cwd = join(project, 'own-config')
  mkdirSync(cwd)
  writeFileSync(join(cwd, 'hotbed.config.mjs'), `export const stack = { redis: { maxmemory: '32mb' } }`)
  writeFileSync(join(cwd, 'vitest.config.mjs'), `throw new Error('must not be loaded')`)
  const running = startHotbed(['start'], { cwd })
  const output = await running.prints('Ready after')
  running.child.kill('SIGTERM')

  expect(output).toMatch(/^stack: hotbed\.config\.mjs\nredis /)
  expect(output).not.toContain('postgres')
  expect((await running.ended).status).toBe(0)
})

test('start takes what the plugin of a vitest config is given', async () => {
  const cwd = join(project, 'vitest-config')
  mkdirSync(cwd)
  // Vite is taken from the project.
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(cwd, 'node_modules'))
  const plugin = new URL('../../dist/vitest/plugin.js', import.meta.url).href
  writeFileSync(
    join(cwd, 'vitest.config.mjs'),
    `import { hotbed } from ${JSON.stringify(plugin)}
     export default () => ({ plugins: [[Promise.resolve(hotbed({ redis: { maxmemory: '32mb' }, env: { CACHE_PORT: 'redis.port' } }))]] })`,
  )
  const running = startHotbed(['start', '--write-env', '.env.hotbed'], { cwd })
  const output = await running.prints('Ready after')
  const variables = readFileSync(join(cwd, '.env.hotbed'), 'utf8')
  running.child.kill('SIGINT')

  expect(output).toMatch(/^stack: plugin hotbed\(\) in vitest\.config\.mjs\nredis /)
  expect(variables).toMatch(/\nCACHE_PORT='\d+'\n$/)
  expect((await running.ended).status).toBe(0)
})

test.runIf(hasProc)('a first Ctrl-C waits for a server that is slow to end, a second one does not', async () => {
  const running = startHotbed(['start', '--postgres'], { cwd: project })
  await running.prints('Ready after')
  const { runDirectory, pid } = findServer(running)
  // A server that is stopped would be killed at once; its supervisor is what is waited for.
  const supervisor = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1])
  process.kill(supervisor, 'SIGSTOP')
  running.child.kill('SIGINT')
  await running.prints('Ctrl-C again')
  const impatience = setInterval(() => running.child.kill('SIGINT'), 50)

  expect((await running.ended).status).toBe(130)
  clearInterval(impatience)
  process.kill(supervisor, 'SIGCONT')
  await vi.waitFor(() => expect([runDirectory, `/proc/${pid}`].filter((path) => existsSync(path))).toEqual([]), { timeout: 15_000 })
})

test.runIf(hasProc)('start says so when a server ends by itself, and ends with 1', async () => {
  const running = startHotbed(['start', '--postgres'], { cwd: project })
  await running.prints('Ready after')
  const { runDirectory, pid } = findServer(running)
  process.kill(pid, 'SIGKILL')
  const { status, stderr } = await running.ended

  expect(status).toBe(1)
  expect(stderr).toMatch(
    /^hotbed: Postgres \d+\.\d+ ended by itself, with signal 9\. The stack is ended too\. \[ERR_HOTBED_POSTGRES_EXITED\]\n/,
  )
  expect(existsSync(runDirectory)).toBe(false)
})

test('start refuses to overwrite a file of variables that somebody else has written', async () => {
  writeFileSync(join(project, '.env'), 'SECRET=1\n')
  const { status, stderr } = await startHotbed(['start', '--write-env', '.env'], { cwd: project }).ended

  expect(status).toBe(2)
  expect(stderr).toContain(`--write-env names ${join(project, '.env')}, which was not written by hotbed and stays as it is.`)
  expect(readFileSync(join(project, '.env'), 'utf8')).toBe('SECRET=1\n')
})

test('start prints the URL of each replica', async () => {
  const folder = makeDirectory()
  try {
    writeFileSync(join(folder, 'hotbed.config.mjs'), 'export const stack = { postgres: { replicas: 1 } }')
    const running = startHotbed(['start'], { cwd: folder })
    const output = await running.prints('Ready after')
    const replica = output.replace(/^postgres {2}.*\n/m, '').replace('replica   ', 'postgres  ')
    expect(await query(replica, 'SELECT pg_is_in_recovery() AS follows')).toEqual([{ follows: true }])
    running.child.kill('SIGINT')
    expect(await running.ended).toMatchObject({ status: 0, stderr: '' })
  } finally {
    removeDirectory(folder)
  }
})
