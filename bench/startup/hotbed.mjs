import { startSuite } from 'hotbed'
import pg from 'pg'

const start = performance.now()
const suite = await startSuite({ postgres: {} })
const client = new pg.Client({ connectionString: suite.postgres.url })
await client.connect()
await client.query('SELECT 1')
const firstQueryMs = performance.now() - start
await client.end()
const stopping = performance.now()
await suite.dispose()
const stopMs = performance.now() - stopping

let bothMs
if (!process.argv.includes('only-postgres')) {
  const again = performance.now()
  const both = await startSuite({ postgres: {}, redis: {} })
  await both.postgres.query('SELECT 1')
  bothMs = performance.now() - again
  await both.dispose()
}
console.log(JSON.stringify({ firstQueryMs, stopMs, bothMs }))
