import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { noEngine } from '../../../src/servers/container/engine-search.js'
import { openEngine } from '../../../src/servers/container/engine.js'
import { findContainerImage, requireContainerImage } from '../../../src/servers/container/image.js'
import { POSTGRES_IMAGE, whyNoContainers } from './engine-here.js'
import { runScript } from './run-script.js'

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'hotbed-engine-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

test('where no engine answers, the error says what was tried and what works without, and no password', async () => {
  const directory = makeDirectory()
  const silent = join(directory, 'docker.sock')
  const server = createServer((socket) => socket.end())
  await new Promise<void>((listening) => server.listen(silent, listening))
  onTestFinished(() => void server.close())

  const { code, message, remedy } = await noEngine(new Error('none'), {
    DOCKER_HOST: 'tcp://tester:secret@127.0.0.1:1',
    XDG_RUNTIME_DIR: directory,
  })

  expect(code).toBe('ERR_HOTBED_CONTAINER')
  expect(message).toContain(
    'No container engine answers. Tried:\n  DOCKER_HOST (tcp://tester:***@127.0.0.1:1): does not answer\n  /var/run/docker.sock: ',
  )
  expect(message).toContain(`\n  ${silent}: answers, but not as a container engine does\n`)
  expect(remedy).toBe(
    "Start Docker, or set DOCKER_HOST to an engine that runs. It works without one by provider: 'embedded' (npm packages) or 'system' (this system's packages).",
  )
})

/** Takes testcontainers away, and says who asks for it. */
const WITHOUT_PEER = `
  import { register } from 'node:module'
  register('data:text/javascript,' + encodeURIComponent(\`
    import { writeSync } from 'node:fs'
    export async function resolve(specifier, context, next) {
      if (specifier !== 'testcontainers') return next(specifier, context)
      writeSync(1, 'asked for it. ')
      throw Object.assign(new Error("Cannot find package 'testcontainers' imported from " + context.parentURL), { code: 'ERR_MODULE_NOT_FOUND' })
    }\`))`

test('the package is asked for by whoever wants a container, and by nobody else; missing, it is named with the command', async () => {
  const { stdout, stderr } = await runScript(
    `${WITHOUT_PEER}
     await from('index.js')
     await from('databases/run.js')
     const { openEngine } = await from('servers/container/engine.js')
     process.stdout.write('loaded. ')
     await openEngine().catch(({ message }) => process.stdout.write(message))`,
  )

  expect({ stdout, stderr }).toEqual({
    stdout:
      "loaded. asked for it. Provider 'container' needs the package testcontainers, which is not installed. [ERR_HOTBED_CONTAINER]\n  → npm install -D testcontainers",
    stderr: '',
  })
})

const reason = await whyNoContainers(POSTGRES_IMAGE)

describe.skipIf(reason !== undefined)(`with an engine${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  test('it says what it is and where its ports are', async () => {
    const engine = await openEngine()
    expect(engine.name).toMatch(/^(Docker|Podman) \d/)
    expect(engine.host).toMatch(/^[\d.:a-f]+$/)
    expect(await openEngine()).toBe(engine)
  })

  test('where Ryuk cannot be had, the error says how to do without', async () => {
    const { stdout, stderr } = await runScript(
      `const { openEngine } = await from('servers/container/engine.js')
       await openEngine().catch(({ message }) => process.stdout.write(message))`,
      { TESTCONTAINERS_RYUK_DISABLED: '', RYUK_CONTAINER_IMAGE: 'localhost:1/none/ryuk:1' },
    )

    expect(stderr).toBe('')
    expect(stdout).toContain('Ryuk, which removes what a killed run leaves, could not be started: ')
    expect(stdout).toContain('\n  → Set TESTCONTAINERS_RYUK_DISABLED=true: hotbed then removes its containers itself.')
  })

  test('an image that is neither here nor to be had is named with the command that says why', async () => {
    const engine = await openEngine()
    expect(await findContainerImage(engine, 'hotbed-test/none:1')).toBeUndefined()
    await expect(requireContainerImage(engine, 'localhost:1/hotbed-test/none:1')).rejects.toMatchObject({
      code: 'ERR_HOTBED_CONTAINER',
      message: expect.stringContaining("The image 'localhost:1/hotbed-test/none:1' is not here and could not be downloaded: "),
      remedy: 'See why: docker pull localhost:1/hotbed-test/none:1',
    })
  })
})
