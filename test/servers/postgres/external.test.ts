import { beforeAll, describe, expect, test } from 'vitest'
import { reachExternalPostgres } from '../../../src/servers/postgres/external/reach.js'
import type { PostgresServer } from '../../../src/servers/server.js'
import { testEveryPostgres } from './every-server.js'
import { startForeignPostgres, type ForeignPostgres } from './external/foreign-postgres.js'

describe("Postgres by provider 'external'", () => {
  let foreign: ForeignPostgres
  let server: PostgresServer
  beforeAll(async () => {
    foreign = await startForeignPostgres()
    await foreign.query("CREATE ROLE maker LOGIN CREATEDB PASSWORD 'hunter2'")
    server = await reachExternalPostgres({ url: foreign.url({ user: 'maker', password: 'hunter2' }) })
  })

  testEveryPostgres(() => server)

  test('goes on when it is stopped: it is not ours', async () => {
    await server.stop()
    await server.stop()
    server.leave()
    expect(await foreign.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })
})
