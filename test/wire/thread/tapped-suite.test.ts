import pg from 'pg'
import { createClient } from 'redis'
import { expect, test } from 'vitest'
import { startSuite } from '../../../src/index.js'

/** Numbers that are the same in every run with the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Random traffic of one suite over two connections a store: what each connection said, in order. */
async function talk(
  urls: { readonly postgres: string; readonly redis: string },
  name: string,
  seed: number,
): Promise<() => Promise<string[][]>> {
  const makeOne = async (number: number): Promise<() => Promise<[string[], string[]]>> => {
    const statements = new pg.Client({ connectionString: urls.postgres })
    const commands = createClient({ url: urls.redis })
    await Promise.all([statements.connect(), commands.connect()])
    const next = random(seed * 10 + number)
    return async () => {
      const [sql, redis]: [string[], string[]] = [[], []]
      for (let left = 120; left > 0; left -= 1) {
        const mark = `${name}:${number}:${left}`
        const choice = next(5)
        if (choice === 0) {
          sql.push(`SELECT '${mark}'`)
          await statements.query(`SELECT '${mark}'`)
        } else if (choice === 1) {
          sql.push(`SELECT $1::text /* ${mark} */`)
          await statements.query(`SELECT $1::text /* ${mark} */`, [mark.repeat(1 + next(3000))])
        } else if (choice === 2) {
          redis.push(`SET ${mark}`)
          await commands.set(mark, 'x'.repeat(next(100_000)))
        } else if (choice === 3) {
          const keys = Array.from({ length: 1 + next(20) }, (_, at) => `${mark}:${at}`)
          redis.push(...keys.map((key) => `GET ${key}`))
          await Promise.all(keys.map((key) => commands.get(key)))
        } else {
          redis.push('MULTI ', `INCR ${mark}`, 'EXEC ')
          await commands.multi().incr(mark).exec()
        }
      }
      await Promise.all([statements.end(), commands.close()])
      return [sql, redis]
    }
  }
  const all = await Promise.all([makeOne(1), makeOne(2)])
  return async () => (await Promise.all(all.map((one) => one()))).flat()
}

test.each([1, 2, 3])('two suites that are recorded at once have each its own exchanges, in order (seed %i)', async (seed) => {
  await using one = await startSuite({ postgres: {}, redis: {} })
  await using other = await startSuite({ postgres: {}, redis: {} })
  const pairs = await Promise.all(
    [one, other].map(async (suite, at) => {
      const act = await talk({ postgres: suite.postgres.url, redis: suite.redis.url }, `suite${at}`, seed * 2 + at)
      return suite.record(act, { plans: at === 0 })
    }),
  )
  for (const run of pairs) {
    expect(run.overlapping).toBe(false)
    const heard = new Map<number, string[]>()
    for (const event of run.timeline) {
      const text = 'sql' in event ? event.sql : 'name' in event ? `${event.name} ${event.keys.join()}` : ''
      heard.set(event.connection, [...(heard.get(event.connection) ?? []), text])
      expect(event.end).toBeGreaterThan(event.start)
    }
    const inOrder = (lists: Iterable<string[]>): string[][] => [...lists].toSorted((a, b) => (a.join() < b.join() ? -1 : 1))
    expect(inOrder(heard.values())).toEqual(inOrder(run.result))
    expect(run.timeline.map(({ start }) => start)).toEqual(run.timeline.map(({ start }) => start).toSorted((a, b) => a - b))
  }
})
