import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countOf, useSuite } from '../seed/with-suite.js'
import { readsTypeScript } from '../primitives/child.js'
import { makeDirectory, removeDirectory, runHotbed } from './hotbed.js'

const SEED = new URL('../../dist/seed/index.js', import.meta.url).href
const SHOP = `
  CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE);
  CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint NOT NULL CONSTRAINT orders_user REFERENCES users);
`

describe('hotbed seed', () => {
  const suite = useSuite(SHOP)
  let directory: string
  let file: string
  beforeAll(() => {
    directory = makeDirectory()
    file = join(directory, 'shop.dataset.mjs')
    writeFileSync(
      file,
      `import { defineDataset } from '${SEED}'\nexport const dataset = defineDataset({ tables: { users: 1000, orders: 5000 } })\n`,
    )
    writeFileSync(join(directory, 'none.mjs'), 'export const nothing = 0\n')
  })
  afterAll(() => removeDirectory(directory))

  test('shows in a dry run what would be done, and writes nothing', async () => {
    const { status, stdout, stderr } = await runHotbed(['seed', '--url', suite().postgres.url, '--dataset', file, '--dry-run'])

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^table +rows +there already +size +time\n/)
    expect(stdout).toMatch(/public\.orders +5,000 +0 /)
    expect(stdout).toContain('foreign keys checked after the rows: orders_user')
    expect(stdout).toMatch(/6,000 rows, about .*\nNothing was written\.\n$/)
    expect(await countOf(suite(), 'SELECT count(*) FROM orders')).toBe(0)
  })

  test('loads the rows at a scale, and refuses to load them twice', async () => {
    const args = ['seed', '--url', suite().postgres.url, '--admin-url', suite().postgres.adminUrl, '--dataset', file, '--scale', '0.1']
    const { status, stdout } = await runHotbed(args)
    const again = await runHotbed(args)

    expect(status).toBe(0)
    expect(stdout).toMatch(/✓ public\.orders {2}500 rows in /)
    expect(stdout).toMatch(/\n600 rows, .* sent, ready after .*\.\n$/)
    expect(await countOf(suite(), 'SELECT count(*) FROM orders')).toBe(500)
    expect(again.status).toBe(1)
    expect(again.stderr).toContain('This dataset is already loaded')
  })

  test('takes a dataset in TypeScript where Node reads it, and else says how to go on', async () => {
    writeFileSync(
      join(directory, 'typed.dataset.ts'),
      `import { defineDataset } from '${SEED}'\nconst users: number = 7\nexport const dataset = defineDataset({ tables: { users } })\n`,
    )
    const { status, stdout, stderr } = await runHotbed(
      ['seed', '--url', suite().postgres.url, '--dataset', 'typed.dataset.ts', '--dry-run'],
      { cwd: directory },
    )

    expect(status).toBe(readsTypeScript ? 0 : 2)
    expect(stdout + stderr).toMatch(
      readsTypeScript
        ? /public\.users +7 /
        : /typed\.dataset\.ts is TypeScript, which Node [\d.]+ does not read\. \[ERR_HOTBED_OPTION\]\n {2}→ .*\.mjs, or use Node 22\.18/,
    )
  })

  test.each([
    [['--dataset', 'missing.mjs'], 'missing.mjs, which does not exist. [ERR_HOTBED_OPTION]'],
    [['--dataset', 'none.mjs'], 'none.mjs exports no dataset. [ERR_HOTBED_OPTION]'],
    [['--dataset', 'shop.dataset.mjs', '--scale', '0'], 'A number above 0 is expected'],
    [[], "required option '-d, --dataset <file>' not specified"],
  ])('refuses %j', async (args, message) => {
    const { status, stderr } = await runHotbed(['seed', '--url', 'postgres://nowhere', ...args], { cwd: directory })

    expect(status).toBe(2)
    expect(stderr).toContain(message)
  })

  test('writes a shard, once, and refuses one that is none', async () => {
    const flags = ['--url', suite().postgres.url, '--admin-url', suite().postgres.adminUrl, '--dataset', file, '--scale', '0.2']
    const shard = (given: string): ReturnType<typeof runHotbed> => runHotbed(['seed', ...flags, '--shard', given])
    const first = await shard('1/2')
    const [last, again, wrong, dry] = [
      await shard('2/2'),
      await shard('2/2'),
      await shard('5/4'),
      await runHotbed(['seed', ...flags, '--shard', '1/2', '--dry-run']),
    ]

    expect(first.status).toBe(0)
    expect(first.stdout).toMatch(
      /^✓ public\.users {2}100 rows in .*\n✓ public\.orders {2}500 rows in .*\n {2}Still missing: 2 of 2\. .*\n600 rows, .* sent, ready after /,
    )
    expect(last.stdout).toContain(
      '\n  All shards are there: foreign keys are checked, sequences stand past the keys, and tables are analysed.\n',
    )
    expect(again).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^ {2}Shard 2\/2 was there already: nothing was written\.\n0 rows, /),
    })
    expect({ status: wrong.status, stderr: wrong.stderr }).toEqual({
      status: 2,
      stderr: expect.stringContaining("Option 'shard' must be a part and the number of parts"),
    })
    expect({ status: dry.status, stderr: dry.stderr }).toEqual({
      status: 2,
      stderr: expect.stringContaining("'--shard <index/count>' cannot be used with option '--dry-run'"),
    })
  })

  test('refuses a shard of what was not made by defineDataset, which nobody knows the rows of', async () => {
    const own = join(directory, 'own.dataset.mjs')
    writeFileSync(own, 'const nothing = async () => {}\nexport const dataset = { fingerprint: nothing, load: nothing, grow: nothing }\n')
    const { status, stderr } = await runHotbed(['seed', '--url', suite().postgres.url, '--dataset', own, '--shard', '1/2'])

    expect(status).toBe(2)
    expect(stderr).toContain('own.dataset.mjs exports a dataset that was not made by defineDataset().')
  })
})
