import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const SCRIPT = `
  import { startSuite } from './dist/index.js'
  import pg from 'pg'
  const suite = await startSuite({ postgres: {} })
  const pool = new pg.Pool({ connectionString: suite.postgres.url, idleTimeoutMillis: 300 })
  pool.on('error', (error) => process.stdout.write('pool error: ' + error.message))
  await Promise.all([pool.query('SELECT 1'), pool.query('SELECT 2')])
  await suite.dispose()
  process.stdout.write('disposed with ' + pool.totalCount)
`

// The pool's own sockets keep the process up until its idle timeout (10 s by default): they are the application's to let go.
test('a pool that is left open at dispose gets no error, and the process ends once it lets its clients go', async () => {
  const ran = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', SCRIPT], { timeout: 30_000 })
  expect(ran.stdout).toBe('disposed with 2')
})
