import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { runCommand } from '../../src/primitives/run-command.js'
import type { Block } from './blocks.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What a page leaves out because the reader has it: the application, its migrations. A block with `file=` stands before it. */
const READERS_FILES = fileURLToPath(new URL('./project', import.meta.url))

const FRAGMENT_START = `import { expect, test } from 'hotbed/vitest'
test('fragment', async ({ suite, postgres, redis }) => {
const plan = await postgres.explain('SELECT 1')
const recording = await suite.record(() => {})
void [expect, suite, postgres, redis, plan, recording]
{
`
const FRAGMENT_END = '}})\n'
/** Lines that stand before the code of a fragment. */
const FRAGMENT_LINES = FRAGMENT_START.split('\n').length - 1

const COMPILER_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  typeRoots: [join(ROOT, 'node_modules/@types')],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
}

/** A project as a reader of the pages would have it, made of their blocks. `hotbed` is this repository, built. */
export interface Project {
  readonly directory: string
  readonly blocks: readonly Block[]
}

/** Writes the project, inside the repository so that its dependencies are found. */
export async function writeProject(name: string, blocks: readonly Block[]): Promise<Project> {
  const directory = join(ROOT, `test/.tmp-${name}`)
  await rm(directory, { recursive: true, force: true })
  await mkdir(join(directory, 'node_modules'), { recursive: true })
  await symlink(ROOT, join(directory, 'node_modules/hotbed'))
  await cp(READERS_FILES, directory, { recursive: true })
  await writeFile(join(directory, 'package.json'), `${JSON.stringify({ name: 'reader', private: true, type: 'module' })}\n`)
  const written = new Map<string, Block>()
  for (const block of blocks) {
    const other = written.get(block.path)
    if (other !== undefined) throw new Error(`${place(block)} and ${place(other)} are both ${block.path}.`)
    written.set(block.path, block)
    const path = join(directory, block.path)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, block.use === 'fragment' ? `${FRAGMENT_START}${block.code}${FRAGMENT_END}` : block.code)
  }
  return { directory, blocks }
}

/** What the compiler says of each block, as `page:line message`. */
export function checkTypes({ directory, blocks }: Project): ReadonlyMap<Block, readonly string[]> {
  const byPath = new Map(blocks.filter(({ language }) => language === 'ts').map((block) => [join(directory, block.path), block]))
  const program = ts.createProgram([...byPath.keys()], COMPILER_OPTIONS)
  const complaints = new Map<Block, string[]>([...byPath.values()].map((block) => [block, []]))
  for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')
    const block = diagnostic.file === undefined ? undefined : byPath.get(diagnostic.file.fileName)
    if (diagnostic.file === undefined || block === undefined)
      throw new Error(`The project of the pages: ${diagnostic.file?.fileName ?? ''} ${message}`)
    const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0)
    const shift = block.use === 'fragment' ? FRAGMENT_LINES : 0
    complaints.get(block)?.push(`${block.page}:${block.line + line - shift} ${message}`)
  }
  return complaints
}

/** Runs all test files of the project in one run of vitest. Gives what failed for each block that is a test file. */
export async function runTests({ directory, blocks }: Project): Promise<ReadonlyMap<Block, readonly string[]>> {
  const tests = blocks.filter(isTest)
  if (tests.length === 0) return new Map()
  const report = join(directory, 'report.json')
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const failure = await runNode(directory, [
    vitest,
    'run',
    '--reporter=json',
    `--outputFile=${report}`,
    '--testTimeout=60000',
    '--hookTimeout=120000',
  ])
  const results = await readReport(report)
  return new Map(tests.map((block) => [block, results.get(join(directory, block.path)) ?? [`${place(block)} was not run. ${failure}`]]))
}

/** Runs a script block by node. Gives what it printed to stderr when it failed. */
export async function runScript({ directory }: Project, block: Block): Promise<readonly string[]> {
  const { outputText } = ts.transpileModule(block.code, { compilerOptions: { ...COMPILER_OPTIONS, module: ts.ModuleKind.ESNext } })
  const path = join(directory, block.path.replace(/\.ts$/, '.mjs'))
  await writeFile(path, outputText)
  const failure = await runNode(directory, [path])
  return failure === '' ? [] : [`${place(block)} ${failure}`]
}

export function isTest({ path }: Block): boolean {
  return path.endsWith('.test.ts')
}

export function place({ page, line }: Block): string {
  return `${page}:${line}`
}

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly title: string; readonly status: string; readonly failureMessages: readonly string[] }[]
  }[]
}

/** What failed, by the path of the test file. A file in which no test passed has failed. */
async function readReport(path: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const text = await readFile(path, 'utf8').catch(() => '{ "testResults": [] }')
  const { testResults } = JSON.parse(text) as VitestReport
  return new Map(
    testResults.map(({ name, status, message, assertionResults }) => {
      const failed = assertionResults.filter((result) => result.status !== 'passed')
      const failures = failed.map((result) => `${result.title}: ${result.failureMessages.join('\n')}`)
      return [
        name,
        failures.length === 0 && (status !== 'passed' || assertionResults.length === 0) ? [message || 'No test ran.'] : failures,
      ]
    }),
  )
}

/** Runs node in the project as a reader would: nothing of the vitest around us shows. Gives the message of the failure, or nothing. */
async function runNode(cwd: string, args: readonly string[]): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:VITEST|NODE_ENV$|TEST$|NODE_OPTIONS$)/.test(name)))
  try {
    await runCommand(process.execPath, { args, cwd, env, timeoutMs: 240_000 })
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
