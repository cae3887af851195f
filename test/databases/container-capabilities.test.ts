import { describe, expect, onTestFinished, test } from 'vitest'
import { missingCapabilities } from '../../src/databases/missing-capabilities.js'
import { createRun, type Run } from '../../src/databases/run.js'
import type { StackDefinition } from '../../src/databases/stack.js'
import { POSTGRES_IMAGE, REDIS_IMAGE, whyNoContainers } from '../servers/container/engine-here.js'

const why = await whyNoContainers(POSTGRES_IMAGE, REDIS_IMAGE)

function makeRun(): Run {
  const run = createRun({ spares: 0 })
  onTestFinished(() => run.close())
  return run
}

async function failure(stack: StackDefinition): Promise<string> {
  const error: unknown = await makeRun()
    .openSuite(stack)
    .catch((reason: unknown) => reason)
  if (!(error instanceof Error)) throw new Error('It should have failed.')
  return error.message
}

describe.skipIf(why !== undefined)(`capabilities of images${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  test('of Redis are proved by the commands of its server, and one that lacks them is refused', async () => {
    expect(await failure({ redis: { image: REDIS_IMAGE, modules: ['json', 'bloom'] } })).toMatchInlineSnapshot(`
      "The server of the image 'hotbed-test/redis:7' has no 'json', 'bloom': it does not know JSON.SET, JSON.GET, BF.ADD, BF.EXISTS. [ERR_HOTBED_REDIS_MODULE]
        → Name an image that has it: redis: { image: 'redis:8' }, or the path of a module in this one."
    `)
  })

  test('of Postgres are told by CREATE EXTENSION, and it is another image that helps', async () => {
    expect(await failure({ postgres: { image: POSTGRES_IMAGE, extensions: ['pg_trgm', 'vector'] } })).toMatch(
      /^The extension 'vector' cannot be had here\. Looked for:\n {4}Postgres 15\.\d+ \(container\): .*vector.*\n \[ERR_HOTBED_POSTGRES_EXTENSION\]\n {2}→ By an image that has it: postgres: \{ image: 'pgvector\/pgvector:pg15' \}$/,
    )
  })

  test('are not looked at ahead: an engine is all that can be told', async () => {
    expect(await missingCapabilities({ redis: { image: REDIS_IMAGE, modules: ['json'] } })).toBeUndefined()
  })
})
