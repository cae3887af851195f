import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { KEPT_FILE } from '../../../src/primitives/run-directory.js'
import { createContainer, type Container } from '../../../src/servers/container/container.js'
import { openEngine, type Engine } from '../../../src/servers/container/engine.js'
import { OWNER_LABEL, RUN_LABEL } from '../../../src/servers/container/labels.js'
import { listLeftContainers, sweepContainers } from '../../../src/servers/container/sweep.js'
import { REDIS_IMAGE, whyNoContainers } from './engine-here.js'
import { runScript } from './run-script.js'

/** A port where the first request lets `act` happen. */
async function listenOnce(act: () => void): Promise<number> {
  const server = createHttpServer((_, response) => {
    act()
    response.end()
    server.close()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return (server.address() as AddressInfo).port
}

const reason = await whyNoContainers(REDIS_IMAGE)

describe.skipIf(reason !== undefined)(`a container${reason === undefined ? '' : ` (skipped: ${reason})`}`, { timeout: 60_000 }, () => {
  let engine: Engine
  let cacheDirectory: string
  beforeAll(async () => {
    engine = await openEngine()
    cacheDirectory = mkdtempSync(join(tmpdir(), 'hotbed-containers-'))
  })
  afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }))

  const makeRun = (): string => {
    const run = mkdtempSync(join(tmpdir(), 'hotbed-run-'))
    onTestFinished(() => rmSync(run, { recursive: true, force: true }))
    return run
  }
  const make = async (labels: Readonly<Record<string, string>>): Promise<string> => {
    const { id } = await engine.docker.createContainer({ Image: REDIS_IMAGE, Labels: labels })
    onTestFinished(() =>
      engine.docker
        .getContainer(id)
        .remove({ force: true, v: true })
        .then(() => {})
        .catch(() => {}),
    )
    return id
  }
  const exists = (id: string): Promise<boolean> =>
    engine.docker
      .getContainer(id)
      .inspect()
      .then(
        () => true,
        () => false,
      )
  const ofRun = async (run: string): Promise<number> =>
    (await engine.docker.listContainers({ all: true, filters: { label: [`${RUN_LABEL}=${run}`] } })).length

  /** A script that starts a Redis in a container of a run and says so; then `last`. */
  const startIn = (run: string, last: string): ReturnType<typeof runScript> =>
    runScript(
      `const { startRedisContainer } = await from('servers/redis/container/start.js')
       const server = await startRedisContainer({ image: '${REDIS_IMAGE}' }, ${JSON.stringify({ run, cacheDirectory })})
       process.stdout.write('started')
       ${last}`,
      { TESTCONTAINERS_RYUK_DISABLED: 'true' },
    )

  test('is asked once more by whoever finds it paused, until it goes on', async () => {
    const container = await createContainer(engine, {
      image: REDIS_IMAGE,
      entrypoint: ['redis-server'],
      command: [],
      environment: {},
      run: makeRun(),
    })
    onTestFinished(() => container.remove())
    const life = await container.start()
    await life.freeze()

    const running = container.run(['redis-server', '--version'])
    await expect(engine.docker.getContainer(container.id).exec({ Cmd: ['true'] })).rejects.toThrow('is paused')
    await life.thaw()

    expect(await running).toMatchObject({ status: 0, output: expect.stringMatching('Redis server') })
  })

  test('goes when the process that made it is killed, with the directory of the run', async () => {
    const run = makeRun()
    const { stdout } = await startIn(run, `process.kill(process.pid, 'SIGKILL')`)

    expect(stdout).toBe('started')
    await expect.poll(() => ofRun(run), { timeout: 30_000 }).toBe(0)
    await expect.poll(() => existsSync(run)).toBe(false)
  })

  test('keeps no finished process alive, and goes with it', async () => {
    const run = makeRun()
    const { status, stdout, stderr } = await startIn(run, '')

    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'started', stderr: '' })
    await expect.poll(() => ofRun(run), { timeout: 30_000 }).toBe(0)
  })

  test('that was left on purpose outlives its process', async () => {
    const run = makeRun()
    writeFileSync(join(run, KEPT_FILE), '{}')
    const { stdout } = await startIn(run, `server.leave(); process.kill(process.pid, 'SIGKILL')`)
    // What was started before goes when the process has ended, so the guard has been there.
    const other = makeRun()
    await startIn(other, `process.kill(process.pid, 'SIGKILL')`)
    await expect.poll(() => ofRun(other), { timeout: 30_000 }).toBe(0)

    expect(stdout).toBe('started')
    expect(await ofRun(run)).toBe(1)
    const [left] = await engine.docker.listContainers({ all: true, filters: { label: [`${RUN_LABEL}=${run}`] } })
    await engine.docker.getContainer(left?.Id ?? '').remove({ force: true, v: true })
  })

  test('of a dead run is swept, and neither that of a living one, nor one that was kept, nor another’s', async () => {
    const dead = 'x0-x0-4194304-1'
    const run = makeRun()
    const kept = makeRun()
    writeFileSync(join(kept, KEPT_FILE), '{}')
    const { ownerLabels } = await import('../../../src/servers/container/labels.js')
    const owner = ownerLabels('')[OWNER_LABEL] ?? ''
    const deadOwner = owner.replace(/-\d+-\d*$/, '-4194304-1')
    const own = await make(ownerLabels(run))
    const left = await make({ [OWNER_LABEL]: deadOwner, [RUN_LABEL]: run })
    const keptOne = await make({ [OWNER_LABEL]: deadOwner, [RUN_LABEL]: kept })
    const elsewhere = await make({ [OWNER_LABEL]: dead, [RUN_LABEL]: run })
    const foreign = await make({ 'hotbed.note': deadOwner })

    expect((await listLeftContainers(engine)).map(({ id }) => id)).toEqual([left])
    await sweepContainers(engine)

    expect(await Promise.all([left, own, keptOne, elsewhere, foreign].map(exists))).toEqual([false, true, true, true, true])
  })

  test('whose engine goes away in mid-run says so, and so does the next one', async () => {
    const run = makeRun()
    const sockets = new Set<Socket>()
    // The engine as on another machine, which can be cut off.
    const proxy = createServer((client) => {
      const engineSocket = connect('/var/run/docker.sock')
      for (const socket of [client, engineSocket]) {
        sockets.add(socket)
        socket.on('error', () => {})
      }
      client.pipe(engineSocket).pipe(client)
    })
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening))
    const { port } = proxy.address() as AddressInfo
    const cut = (): void => {
      proxy.close()
      for (const socket of sockets) socket.destroy()
    }
    onTestFinished(cut)

    const { stdout, stderr } = await runScript(
      `const { startRedisContainer } = await from('servers/redis/container/start.js')
       const start = () => startRedisContainer({ image: '${REDIS_IMAGE}' }, ${JSON.stringify({ run, cacheDirectory })})
       const server = await start()
       const awake = setInterval(() => {}, 1000)
       await fetch('http://127.0.0.1:${await listenOnce(cut)}').catch(() => {})
       const { status } = await server.exited
       console.log(status, server.lastLog(1).join())
       await server.stop()
       await start().catch(({ message }) => console.log(message))
       clearInterval(awake)`,
      { TESTCONTAINERS_RYUK_DISABLED: 'true', DOCKER_HOST: `tcp://127.0.0.1:${port}` },
    )
    const left = await engine.docker.listContainers({ all: true, filters: { label: [`${RUN_LABEL}=${run}`] } })
    for (const { Id } of left) await engine.docker.getContainer(Id).remove({ force: true, v: true })

    expect(stderr).toBe('')
    expect(stdout).toMatch(
      /^255 hotbed: the container engine does not answer: \S.*\nThe image 'hotbed-test\/redis:7' cannot be looked at: the container engine no longer answers\. \[ERR_HOTBED_CONTAINER\]\n {2}→ See whether it still runs: docker info\n$/,
    )
    expect(left).toHaveLength(1)
  })

  test('says what it printed and how it ended', async () => {
    const run = makeRun()
    const container: Container = await createContainer(engine, {
      image: REDIS_IMAGE,
      entrypoint: ['/bin/sh', '-c', 'echo one; echo two >&2; exit 7'],
      command: [],
      environment: {},
      run,
    })
    onTestFinished(() => container.remove())
    const life = await container.start()

    expect(await life.exited).toEqual({ status: 7 })
    expect(life.lastLog().toSorted()).toEqual(['one', 'two'])
    await Promise.all([container.remove(), container.remove()])
    expect(await exists(container.id)).toBe(false)
  })
})
