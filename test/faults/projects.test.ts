import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DIST, leftIn, makeRunParent, makeTemporary, SOON, startChild } from '../primitives/child.js'

function makeProject(name: string, table: string): string {
  const project = join(makeTemporary(), name)
  mkdirSync(join(project, 'db', 'migrations'), { recursive: true })
  writeFileSync(join(project, 'db', 'migrations', '1.sql'), `CREATE TABLE ${table} (id int)`)
  // Not what an earlier test run has a template of.
  writeFileSync(join(project, 'db', 'seed.sh'), `printf %s "$PWD" > seeded # ${randomUUID()}`)
  return project
}

test('a project may lie in a folder with blanks, quotes and letters beyond ASCII, and so may the files of its servers', async () => {
  const project = makeProject(`it's my "größe" $HOME; \`x\` & 日本`, 'orders')
  const runs = join(makeRunParent(), `a 'b' "c" ü`)
  mkdirSync(runs, { mode: 0o777 })
  const child = startChild(
    `
    const { startSuite } = await import('${DIST}index.js')
    const suite = await startSuite({
      postgres: { migrations: './db/migrations', seed: { command: 'sh seed.sh', cwd: 'db', inputs: ['*.sh'] } },
      redis: {},
    })
    say('rows', JSON.stringify((await suite.postgres.query('SELECT * FROM orders')).rows))
    say('pong', await suite.redis.send('PING'))
    await suite.reset()
    await suite.dispose()`,
    { cwd: project, env: { HOTBED_RUN_DIRECTORY: runs } },
  )
  expect(await child.said('rows')).toBe('[]')
  expect(await child.said('pong')).toBe('PONG')
  expect(await child.ended).toMatchObject({ status: 0, stderr: '' })
  expect(readdirSync(join(project, 'db'))).toContain('seeded')
  expect(leftIn(runs)).toEqual([])
})

test("servers start, and start from images, where new files are nobody else's business (umask 077)", { timeout: 60_000 }, async () => {
  const project = makeProject('closed', 'orders')
  const runs = makeRunParent()
  const env = { HOTBED_RUN_DIRECTORY: runs, HOTBED_CACHE_DIRECTORY: join(makeTemporary(), 'new', 'cache') }
  const run = async (isolation: string, replicas: number): Promise<string> => {
    const child = startChild(
      `
      process.umask(0o077)
      const { startSuite } = await import('${DIST}index.js')
      const postgres = { migrations: './db/migrations', ${replicas > 0 ? `replicas: ${replicas}` : ''} }
      const suite = await startSuite({ postgres, redis: {} }, { isolation: '${isolation}' })
      await suite.redis.send('SET', 'a', '1')
      say('rows', JSON.stringify((await suite.postgres.query('SELECT * FROM orders')).rows))
      await suite.dispose()`,
      { cwd: project, env },
    )
    const rows = await child.said('rows')
    expect(await child.ended).toMatchObject({ status: 0, stderr: '' })
    return rows
  }

  expect([await run('clone', 0), await run('clone', 0), await run('server', 1)]).toEqual(['[]', '[]', '[]'])
  await expect.poll(() => leftIn(runs), SOON).toEqual([])
})

test('two projects run at once without knowing of each other, and the end of one leaves the other alone', async () => {
  const runs = makeRunParent()
  const start = (table: string): ReturnType<typeof startChild> =>
    startChild(
      `
      const { startSuite } = await import('${DIST}index.js')
      const stack = { postgres: { migrations: './db/migrations' }, redis: {} }
      const suite = await startSuite(stack)
      const tables = async () => JSON.stringify((await suite.postgres.query("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")).rows)
      say('tables', await tables())
      const awake = setInterval(() => {}, 1000)
      process.once('SIGUSR2', async () => {
        clearInterval(awake)
        await suite.reset()
        const second = await startSuite(stack)
        say('again', await tables())
        await second.dispose()
        await suite.dispose()
      })
      say('ready')`,
      { cwd: makeProject(table, table), env: { HOTBED_RUN_DIRECTORY: runs } },
    )
  const [one, two] = [start('apples'), start('pears')]
  expect(await Promise.all([one.said('tables'), two.said('tables')])).toEqual(['[{"relname":"apples"}]', '[{"relname":"pears"}]'])
  await Promise.all([one.said('ready'), two.said('ready')])

  one.kill('SIGKILL')
  await one.ended
  // Its first act is to sweep what dead runs have left.
  const three = start('plums')
  expect(await three.said('tables')).toBe('[{"relname":"plums"}]')
  await three.said('ready')
  two.kill('SIGUSR2')
  expect(await two.said('again')).toBe('[{"relname":"pears"}]')
  expect(await two.ended).toMatchObject({ status: 0, stderr: '' })
  three.kill('SIGUSR2')
  expect(await three.ended).toMatchObject({ status: 0, stderr: '' })
  await expect.poll(() => leftIn(runs), SOON).toEqual([])
})
