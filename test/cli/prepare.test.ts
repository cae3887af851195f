import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { makeDirectory, removeDirectory, runHotbed, type Ending } from './hotbed.js'

// Real servers, and binaries that are looked at for the first time.
vi.setConfig({ testTimeout: 120_000 })

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

let cache: string
let project: string
const prepare = (...args: readonly string[]): Promise<Ending> =>
  runHotbed(['prepare', ...args], { cwd: project, env: { HOTBED_CACHE_DIRECTORY: cache, NO_COLOR: '1' } })
const images = (): readonly string[] => readdirSync(join(cache, 'images')).filter((name) => !name.endsWith('.lock'))

function write(name: string, text: string): void {
  mkdirSync(dirname(join(project, name)), { recursive: true })
  writeFileSync(join(project, name), text)
}

beforeAll(() => {
  cache = makeDirectory()
  project = makeDirectory()
  mkdirSync(join(project, 'node_modules'))
  symlinkSync(ROOT, join(project, 'node_modules', 'hotbed'))
  for (const name of ['vite', 'vitest']) symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name))
  write('package.json', '{ "type": "module" }')
  write('migrations/1.sql', 'CREATE TABLE users (id int PRIMARY KEY);')
  write('migrations/2.sql', 'CREATE TABLE orders (id int PRIMARY KEY);')
  write(
    'vitest.config.ts',
    `import { hotbed } from 'hotbed/vitest/plugin'
    export default { plugins: [hotbed({ postgres: { migrations: './migrations/1.sql' }, redis: {} })] }`,
  )
  write(
    'several.vitest.config.ts',
    `import { hotbed } from 'hotbed/vitest/plugin'
    export default { test: { projects: [
      { plugins: [hotbed({ postgres: { migrations: './migrations/1.sql' } })] },
      { root: './migrations', plugins: [hotbed({ postgres: { migrations: './2.sql' } })] },
      './packages/*',
    ] } }`,
  )
  write(
    'packages/one/vitest.config.ts',
    `import { hotbed } from 'hotbed/vitest/plugin'
    export default { plugins: [hotbed({ redis: {} })] }`,
  )
})
afterAll(() => {
  removeDirectory(cache)
  removeDirectory(project)
})

describe('hotbed prepare', () => {
  test('twice at the same time makes one image', async () => {
    const ended = await Promise.all([prepare('--json'), prepare('--json')])

    expect(ended.map(({ status, stderr }) => ({ status, stderr }))).toEqual([
      { status: 0, stderr: '' },
      { status: 0, stderr: '' },
    ])
    expect(images()).toHaveLength(1)
    const { made, stacks, key } = JSON.parse(ended[0].stdout) as { made: { what: string; bytes: number }[]; stacks: string[]; key: string }
    expect(stacks).toEqual(['plugin hotbed() in vitest.config.ts'])
    expect(made.map(({ what }) => what)).toEqual(expect.arrayContaining(['cluster', 'image']))
    expect(Math.min(...made.filter(({ what }) => what === 'image').map(({ bytes }) => bytes))).toBeGreaterThan(10_000_000)
    expect((await prepare('--print-key')).stdout).toBe(`${key}\n`)
  })

  test('does nothing when all is there', async () => {
    const before = images()
    const { status, stdout } = await prepare()

    expect(status).toBe(0)
    expect(stdout).toMatch(
      /^stack: plugin hotbed\(\) in vitest\.config\.ts\nNothing to do: all is there, after [^\n]+\.\ncache: \S+, [\d.]+ MB\n$/,
    )
    expect(images()).toEqual(before)
  })

  test('makes a new image when a migration changes, and the key is another', async () => {
    const { stdout: before } = await prepare('--print-key')
    write('migrations/1.sql', 'CREATE TABLE users (id bigint PRIMARY KEY);')
    const { stdout: after } = await prepare('--print-key')
    const { stdout } = await prepare()

    expect(before).toMatch(/^hotbed-\w+-\w+-[0-9a-f]{20}\n$/)
    expect(after).not.toBe(before)
    expect(stdout).toMatch(/\n✓ +[\d.]+ MB {2}image {2}\S+\n[\d.]+ MB new, after /)
    expect(images()).toHaveLength(2)
  })

  test('finds the stacks of all projects, and one image holds the templates of one server', async () => {
    const { stdout } = await prepare('--config', 'several.vitest.config.ts', '--json')
    const { stacks, made } = JSON.parse(stdout) as { stacks: string[]; made: { what: string }[] }

    expect(stacks).toEqual([
      'plugin hotbed() in several.vitest.config.ts',
      'plugin hotbed() in several.vitest.config.ts',
      'plugin hotbed() in packages/one/vitest.config.ts',
    ])
    expect(made.filter(({ what }) => what === 'image')).toHaveLength(1)
  })

  test('takes a module that exports a stack, and says which template no run can use again', async () => {
    write('stack.mjs', 'export const stack = { postgres: { migrations: { run: async ({ query }) => query("CREATE TABLE a (b int)") } } }')
    const { status, stdout } = await prepare('--config', 'stack.mjs')

    expect(status).toBe(0)
    expect(stdout).toContain('  The template of stack.mjs is made anew in each run: ')
    expect(images()).toHaveLength(3)
  })

  test('has a key for stacks whose servers are elsewhere, without asking these', async () => {
    const keyOf = async (postgres: object): Promise<string> => {
      const name = `elsewhere-${JSON.stringify(postgres).replaceAll(/\W+/g, '-')}.mjs`
      write(name, `export const stack = { postgres: ${JSON.stringify(postgres)} }`)
      return (await prepare('--config', name, '--print-key')).stdout
    }
    const provider = (password: string): object => ({ provider: { url: `postgres://someone:${password}@192.0.2.1/shop` } })

    expect(await keyOf({ image: 'postgres:17' })).toMatch(/^hotbed-\w+-\w+-[0-9a-f]{20}\n$/)
    expect(await keyOf({ image: 'postgres:17' })).not.toBe(await keyOf({ image: 'postgres:18' }))
    expect(await keyOf(provider('one'))).toBe(await keyOf(provider('two')))
  })

  test.each([
    [['--config', 'nothing.ts'], /--config names \S+nothing\.ts, which does not exist\. \[ERR_HOTBED_OPTION\]/],
    [['--json', '--print-key'], /error: option '--print-key' cannot be used with option '--json'/],
  ])('refuses %j', async (args, message) => {
    const { status, stderr } = await prepare(...args)

    expect(status).toBe(2)
    expect(stderr).toMatch(message)
  })

  test('says what it needs where there is no stack, and fails where one cannot be made', async () => {
    const empty = await runHotbed(['prepare'], { cwd: join(project, 'migrations') })
    write('broken.mjs', "export const stack = { postgres: { migrations: './broken.sql' } }")
    write('broken.sql', 'CREATE TABEL a (b int)')
    const broken = await prepare('--config', 'broken.mjs')

    expect(empty.status).toBe(2)
    expect(empty.stderr).toContain(
      'has a stack, so there is nothing to prepare. [ERR_HOTBED_OPTION]\n  → Put hotbed() among the plugins of vitest.config.ts',
    )
    expect(broken.status).toBe(1)
    expect(broken.stderr).toContain('[ERR_HOTBED_MIGRATION]')
  })
})
