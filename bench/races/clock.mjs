// suite.clock.advance over many keys of Redis: half of them expire, half live on.
import { startSuite } from '../../dist/index.js'

const RUNS = 5

const suite = await startSuite({ redis: {} })
const fill = (keys) =>
  suite.redis.send('EVAL', `for i = 1, ${keys} do redis.call('SET', 'key:' .. i, '1', 'PX', i % 2 == 0 and 60000 or 7200000) end`, 0)

async function advanceOver(keys) {
  const times = []
  for (let run = 0; run < RUNS; run += 1) {
    await suite.reset()
    await fill(keys)
    // Of the clocks of a process, this one is not moved.
    const start = process.hrtime.bigint()
    const { redis } = await suite.clock.advance('5m')
    times.push(Number(process.hrtime.bigint() - start) / 1e6)
    if (redis.expired.count !== keys / 2 || redis.moved !== keys - keys / 2) throw new Error(String(redis.expired.count))
  }
  return times.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)]
}

// The first one loads what a clock moves.
await suite.clock.advance(0)
const result = { none: await advanceOver(0), hundredThousand: await advanceOver(100_000), million: await advanceOver(1_000_000) }
await suite.dispose()
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0))
