import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { sweepLeftovers } from '../../src/databases/sweep.js'
import { DIST, leftIn, makeRunParent, processesOf, SOON, startChild, type Child } from '../primitives/child.js'

let runs: string

beforeEach(() => {
  runs = makeRunParent()
})

function startRun(rest: string): Child {
  return startChild(
    `
    const { startSuite } = await import('${DIST}index.js')
    const suite = await startSuite({ postgres: { replicas: 1 } }, { isolation: 'server' })
    await suite.postgres.query('CREATE TABLE notes (id int)')
    say('replica', suite.postgres.replicas[0].directUrl)
    ${rest}`,
    { env: { HOTBED_RUN_DIRECTORY: runs } },
  )
}

/** The postmasters that work under `runs`, by the name of their place. */
function places(): readonly string[] {
  return readdirSync(runs)
    .flatMap((run) => readdirSync(join(runs, run)).filter((name) => /^(?:postgres|replica-\d)$/.test(name)))
    .toSorted()
}

test('a replica ends with its suite', async () => {
  const child = startRun('await suite.dispose()')
  await child.said('replica')
  expect(await child.ended).toMatchObject({ status: 0, stderr: '' })
  await expect.poll(() => [leftIn(runs), processesOf(runs)], SOON).toEqual([[], []])
})

test('a replica ends with a process that is killed, also while its replay is held and after a failover', async () => {
  for (const before of ['', 'await suite.postgres.lag.hold()', 'await suite.postgres.control.failover()']) {
    const child = startRun(`${before}; say('ready'); setInterval(() => {}, 1_000)`)
    await child.said('ready')
    expect(places()).toEqual(['postgres', 'replica-1'])
    child.kill('SIGKILL')
    await child.ended
    await expect.poll(() => [leftIn(runs), processesOf(runs)], SOON).toEqual([[], []])
  }
})

test('a replica that is kept goes on following, until what was kept is swept', async () => {
  const child = startRun(`
    await suite.keep('for a look')
    await suite.dispose()`)
  await child.said('replica')
  expect(await child.ended).toMatchObject({ status: 0, stderr: '' })
  expect(places()).toEqual(['postgres', 'replica-1'])
  expect(processesOf(runs).filter((line) => /wal receiver|walreceiver/.test(line))).toHaveLength(1)
  const paths = readdirSync(runs).map((name) => join(runs, name))
  vi.stubEnv('HOTBED_RUN_DIRECTORY', runs)
  expect(await sweepLeftovers({ kept: true, paths })).toHaveLength(1)
  vi.unstubAllEnvs()
  await expect.poll(() => [leftIn(runs), processesOf(runs)], SOON).toEqual([[], []])
})
