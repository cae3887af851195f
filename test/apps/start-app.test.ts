import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startSuite, type App, type StartAppOptions, type Suite } from '../../src/index.js'
import { isAlive, SOON } from '../primitives/child.js'

const SERVER = fileURLToPath(new URL('server.mjs', import.meta.url))
const COMMAND = `node ${SERVER}`

let suite: Suite<{ postgres: {}; redis: {} }>
beforeAll(async () => {
  suite = await startSuite({ postgres: {}, redis: {} })
  await suite.postgres.query('CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY)')
})
afterAll(() => suite.dispose())

async function start(options: StartAppOptions = {}, command: string | readonly string[] = COMMAND): Promise<App> {
  const app = await suite.startApp(command, options)
  onTestFinished(() => app.stop())
  return app
}
const who = async (url: string): Promise<Readonly<Record<string, unknown>>> =>
  (await (await fetch(`${url}/who`)).json()) as Readonly<Record<string, unknown>>
const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'it started',
    (error: Error) => error.message,
  )
/** Without what differs from run to run. */
const steady = (text: string): string =>
  text
    .replaceAll(SERVER, 'server.mjs')
    .replaceAll(/^instance \d/gm, 'instance n')
    .replaceAll(/\b[1-9]\d{3,4}\b|(?<=listening as )\d+/g, 'N')
    .replaceAll(/ {4}at .*\n/g, '')

test('requests go to all instances in turn, also those of a client that keeps its connection', async () => {
  const app = await start({ instances: 3, ready: '/health' })
  const pids = app.instances.map(({ pid }) => pid)

  const answered: unknown[] = []
  for (let request = 0; request < 6; request += 1) answered.push((await who(app.url))['pid'])

  expect(answered).toEqual([...answered.slice(0, 3), ...answered.slice(0, 3)])
  expect(new Set(answered)).toEqual(new Set(pids))
  expect((await who(app.instances[1]?.url ?? ''))['pid']).toBe(pids[1])
  expect(app.instances.map(({ name, exitStatus }) => ({ name, exitStatus }))).toEqual(
    [1, 2, 3].map((number) => ({ name: `instance ${number}`, exitStatus: undefined })),
  )
  expect(app.log()).toEqual(pids.map((pid, index) => `instance ${index + 1}: listening as ${pid}`))
})

test('a body of any length, statuses and headers pass the address unchanged', async () => {
  const app = await start()
  const body = 'x'.repeat(300_000)

  const echoed = (await (await fetch(`${app.url}/echo`, { method: 'POST', body })).json()) as Record<string, unknown>

  expect(echoed).toEqual({ body, forwarded: true, host: new URL(app.url).host })
  const absent = await fetch(`${app.url}/absent`)
  expect([absent.status, absent.headers.get('content-type'), await absent.text()]).toEqual([404, 'text/plain', 'nothing here'])
})

test('the traffic of all instances is on one timeline, and says whose it is', async () => {
  const app = await start({ instances: 2, name: 'api' })

  const run = await suite.record(async () => {
    for (let order = 0; order < 4; order += 1) await fetch(`${app.url}/orders`, { method: 'POST' })
    await fetch(`${app.instances[1]?.url}/orders/count`)
  })

  const instanceOf = new Map(run.connections.list.map(({ id, instance }) => [id, instance]))
  expect(run.statements.map(({ connection }) => instanceOf.get(connection))).toEqual(['api 1', 'api 2', 'api 1', 'api 2', 'api 2'])
  expect(run.commands.map(({ connection }) => instanceOf.get(connection))).toEqual(['api 2'])
  expect(String(run)).toMatch(/pg +#\d+ +api 1 +INSERT INTO orders/)
})

test('an instance has URLs of its own wherever those of the suite stand, and the clock of the suite', async () => {
  const app = await start({ env: { ORDERS_URL: `${suite.postgres.url}?application_name=orders`, FLAG: 'on' } })
  const before = await who(app.url)
  await suite.clock.advance('1h')
  const after = await who(app.url)
  await suite.reset()
  await suite.postgres.query('CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY)')

  expect(before['orders']).toMatch(/^postgres.*:\d+\/.*application_name=orders$/)
  expect(before['orders']).not.toContain(`:${suite.postgres.port}/`)
  expect(before['flag']).toBe('on')
  expect(Number(after['date']) - Number(before['date'])).toBeGreaterThanOrEqual(3_600_000)
})

test('a store that is away is away for every instance', async () => {
  const app = await start()
  const { refuse } = await import('../../src/index.js')

  const rule = await suite.intercept('postgres', refuse())

  expect((await fetch(`${app.url}/orders`, { method: 'POST' })).status).toBe(500)
  await rule.remove()
})

test('what a killed instance had in flight fails, and everything after goes to the others', async () => {
  const app = await start({ instances: 2 })
  const [first, second] = app.instances
  const inFlight = fetch(`${app.url}/never`)
  await expect.poll(() => first?.log(1), SOON).toEqual(['asked for what never comes'])

  await first?.kill()

  expect(first?.exitStatus).toBe(137)
  const failed = await inFlight
  expect([failed.status, await failed.text()]).toEqual([502, 'instance 1 did not answer: ECONNRESET\n'])
  for (let request = 0; request < 4; request += 1) expect((await who(app.url))['pid']).toBe(second?.pid)

  await first?.restart()

  expect(first?.exitStatus).toBeUndefined()
  expect(new Set([(await who(app.url))['pid'], (await who(app.url))['pid']])).toEqual(new Set([first?.pid, second?.pid]))
  await first?.kill()
  await second?.kill()
  const nobody = await fetch(`${app.url}/who`)
  expect([nobody.status, await nobody.text()]).toEqual([503, 'no instance is there\n'])
  await expect(first?.kill('SIGUSR2')).rejects.toThrow("instance 1 of 'node")
})

test('an instance that stands still answers when it goes on', async () => {
  const app = await start()
  const [instance] = app.instances
  await instance?.kill('SIGSTOP')

  const answer = who(app.url)
  await instance?.kill('SIGCONT')

  expect((await answer)['pid']).toBe(instance?.pid)
})

test('an instance ends in order, with what it was doing; one that does not is killed with all that it has started', async () => {
  const app = await start({ instances: 2, env: { BEHAVIOUR: '' } })
  const [first, second] = app.instances
  await first?.stop()
  expect(first?.exitStatus).toBe(0)
  expect(first?.log(1)).toEqual(['closing'])
  await second?.stop()

  const deaf = await start({ env: { BEHAVIOUR: 'deaf' } })
  const { pid } = (await (await fetch(`${deaf.url}/child`)).json()) as { pid: number }
  expect(isAlive(pid)).toBe(true)
  await deaf.instances[0]?.stop({ graceMs: 50 })
  expect(deaf.instances[0]?.exitStatus).toBe(137)
  await expect.poll(() => isAlive(pid), SOON).toBe(false)
})

test('a command is a line for the shell, in the place of which it runs, or a list of words', async () => {
  const quoted = await start({}, `node '${SERVER}' "$PORT of mine"`)
  expect((await who(quoted.url))['argv']).toBe(`${new URL(quoted.instances[0]?.url ?? '').port} of mine`)
  expect((await who(quoted.url))['pid']).toBe(quoted.instances[0]?.pid)
  const listed = await start({}, [process.execPath, SERVER, '$PORT; exit'])
  expect((await who(listed.url))['argv']).toBe('$PORT; exit')
  const several = await start({}, `true && node ${SERVER}`)
  const { pid } = await who(several.url)
  await several.stop()
  expect(isAlive(Number(pid))).toBe(false)
})

test('one that listens on nothing is ready by a line of its log', async () => {
  const app = await start({ ready: /^worker (\d+) started$/ }, 'echo worker 7 started; exec sleep 1000')
  expect(app.log()).toEqual(['worker 7 started'])
})

test('an instance that dies before it is ready is told with its log', async () => {
  expect(steady(await messageOf(suite.startApp(COMMAND, { instances: 2, env: { BEHAVIOUR: 'dies' } })))).toMatchInlineSnapshot(`
    "instance n of 'node server.mjs' ended with status 3 before it was ready. [ERR_HOTBED_COMMAND]
      → Its log says why.
      Last lines of its log:
        cannot read configuration: STRIPE_KEY is not set"
  `)
  expect(await messageOf(suite.startApp('no-such-program --port 1'))).toContain('The shell did not find the program')
})

test('a port that the application takes for itself is named', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => void taken.listen(0, '127.0.0.1', resolve))
  const { port } = taken.address() as AddressInfo

  const message = await messageOf(suite.startApp(COMMAND, { env: { FIXED_PORT: String(port) } }))

  taken.close()
  expect(message).toContain(`port ${port} is taken. It was given the port`)
  expect(steady(message).split('\n').slice(0, 2).join('\n')).toMatchInlineSnapshot(`
    "instance n of 'node server.mjs' ended with status 1: port N is taken. It was given the port N, in PORT, and does not listen on that. [ERR_HOTBED_COMMAND]
      → Let it listen on process.env.PORT: each instance gets a free port of its own. Another variable is named by the option portVariable."
  `)
})

test('one that listens elsewhere, or is never ready, is told with what there is instead', async () => {
  const [elsewhere, cold] = await Promise.all([
    messageOf(suite.startApp(COMMAND, { portVariable: 'HTTP_PORT', env: { FIXED_PORT: '0' }, timeoutMs: 4_000 })),
    messageOf(suite.startApp(COMMAND, { ready: '/health', env: { BEHAVIOUR: 'never warm' }, timeoutMs: 4_000 })),
  ])
  // On its own port somebody else may listen by then, and not answer.
  expect(steady(elsewhere).replace(/\n {2}Last: it took the request, and did not answer/, '')).toMatchInlineSnapshot(`
    "Waited N ms for an answer to GET / by instance 1 of 'node server.mjs', which did not happen.
      It listens on port N, and not on N, which it was given in HTTP_PORT. [ERR_HOTBED_TIMEOUT]
      → Let it listen on process.env.HTTP_PORT. Another variable is named by the option portVariable; one that listens on nothing is ready by a line of its log: ready: /started/.
      Last lines of its log:
        listening as N"
  `)
  expect(steady(cold)).toMatchInlineSnapshot(`
    "Waited N ms for an answer to GET /health by instance 1 of 'node server.mjs', which did not happen.
      Last: GET /health was answered with 503 [ERR_HOTBED_TIMEOUT]
      → Name what answers when it is ready by the option ready, such as '/health'; timeoutMs gives it more time.
      Last lines of its log:
        listening as N"
  `)
})

test('options that are none are refused before anything is started', async () => {
  const refused = async (command: unknown, options: unknown): Promise<string> =>
    messageOf(suite.startApp(command as string, options as StartAppOptions))
  expect(await refused('', {})).toContain("Option 'command' must be a command line such as 'node server.js'")
  expect(await refused('node x', { instance: 2 })).toContain(
    "startApp() has no option 'instance'. [ERR_HOTBED_OPTION]\n  → Did you mean 'instances'?",
  )
  expect(await refused('node x', { instances: 0 })).toContain("Option 'instances' must be a number from 1 to 64, but is 0")
  expect(await refused('node x', { env: { A: 1 } })).toContain("Option 'env.A' must be a text, but is 1")
  expect(await refused('node x', { cwd: './absent' })).toContain("Option 'cwd' must be a directory that exists")
  expect(await refused('node x', { ready: 'health' })).toContain("Option 'ready' must be a path such as '/health'")
  expect(await refused('node x', { timeoutMs: 0 })).toContain("Option 'timeoutMs' must be a number of milliseconds, but is 0")
})

test('what was started and not stopped ends with its suite', async () => {
  const other = await startSuite({ postgres: {}, redis: {} })
  const app = await other.startApp(COMMAND, { instances: 2 })
  const pids = app.instances.map(({ pid }) => pid)
  await other.dispose()
  expect(pids.map(isAlive)).toEqual([false, false])
  await expect(fetch(app.url)).rejects.toThrow('fetch failed')
})
