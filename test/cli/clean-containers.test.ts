import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { formatOwner, readOwner } from '../../src/primitives/owner.js'
import { openEngine } from '../../src/servers/container/engine.js'
import { OWNER_LABEL, RUN_LABEL } from '../../src/servers/container/labels.js'
import { startRedisContainer } from '../../src/servers/redis/container/start.js'
import { REDIS_IMAGE, whyNoContainers } from '../servers/container/engine-here.js'
import { makeDirectory, removeDirectory, runHotbed } from './hotbed.js'

const skip = await whyNoContainers(REDIS_IMAGE)

describe.skipIf(skip !== undefined)(`clean${skip === undefined ? '' : ` (skipped: ${skip})`}`, { timeout: 60_000 }, () => {
  test('removes the containers of dead runs, and shows them before when asked', async () => {
    const cache = makeDirectory()
    const runs = makeDirectory()
    onTestFinished(() => [cache, runs].forEach(removeDirectory))
    const env = { HOTBED_CACHE_DIRECTORY: cache, HOTBED_RUN_DIRECTORY: runs }
    const run = join(runs, 'hotbed-run-abcdef')
    mkdirSync(run)
    // A run with containers is what makes it worth looking for an engine.
    const living = await startRedisContainer({ image: REDIS_IMAGE }, { run, cacheDirectory: cache })
    onTestFinished(() => living.stop())
    const pid = Number(execFileSync('/bin/sh', ['-c', 'echo $$'], { encoding: 'utf8' }))
    const { docker } = await openEngine()
    const dead = await docker.createContainer({
      Image: REDIS_IMAGE,
      Labels: { [OWNER_LABEL]: formatOwner({ ...readOwner(), pid, startTime: '1' }), [RUN_LABEL]: join(runs, 'hotbed-run-gone00') },
    })
    const line = `container ${dead.id.slice(0, 12)}  of ${REDIS_IMAGE}; its run is gone`

    const dry = await runHotbed(['clean', '--dry-run'], { env })
    expect(dry).toMatchObject({ status: 0, stderr: '' })
    expect(dry.stdout).toContain(line)
    expect((await dead.inspect()).Id).toBe(dead.id)

    const { status, stdout } = await runHotbed(['clean'], { env })
    expect(status).toBe(0)
    expect(stdout).toContain(line)
    await expect(dead.inspect()).rejects.toThrow('no such container')
    expect(living.lastLog().length).toBeGreaterThan(0)
    expect(await docker.listContainers({ filters: { label: [`${RUN_LABEL}=${run}`] } })).toHaveLength(1)
  })
})
