import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { InvalidateOptions } from '../../../src/matchers/cache/to-invalidate.js'
import { toInvalidate } from '../../../src/matchers/cache/to-invalidate.js'
import type { KeyList } from '../../../src/matchers/cache/key-list.js'
import { record as recordOf, redis as command, result, sql } from '../../wire/recording/traffic.js'
import { mask, openShop, type Shop } from '../on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(() => shop.suite.redis.send('MSET', 'product:7', '{}', 'product:8', '{}', 'list:books', '[]'))
afterAll(() => shop[Symbol.asyncDispose]())

const judge = (received: unknown, keys: KeyList, options?: InvalidateOptions) =>
  toInvalidate.call({ isNot: false }, received, keys, options)
const judgeNot = (received: unknown, keys: KeyList, options?: InvalidateOptions) =>
  toInvalidate.call({ isNot: true }, received, keys, options)

/** A transaction, with something before and after its COMMIT. */
async function changePrice({ before, after }: { readonly before?: () => Promise<unknown>; readonly after?: () => Promise<unknown> }) {
  const client = await shop.pool.connect()
  await client.query('BEGIN')
  await client.query('UPDATE products SET price = price + 1 WHERE id = 7')
  await before?.()
  await client.query('COMMIT')
  client.release()
  await after?.()
}

describe('of an application', () => {
  test('a key that is deleted when the COMMIT has been answered is invalidated', async () => {
    const { suite, redis, ioredis } = shop
    const run = await suite.record(() => changePrice({ after: () => redis.del('product:7') }))
    expect(judge(run, 'product:7').pass).toBe(true)
    expect(judge(run, 'product:*').pass).toBe(true)
    const others = await suite.record(() =>
      changePrice({
        after: () => Promise.all([ioredis.unlink('product:7'), ioredis.expire('product:8', 0), ioredis.rename('list:books', 'old')]),
      }),
    )
    expect(judge(others, ['product:7', 'product:8', 'list:books']).pass).toBe(true)
    expect(judge(await suite.record(() => changePrice({ after: () => redis.getDel('product:7') })), ['product:7']).pass).toBe(true)
    expect(judge(await suite.record(() => changePrice({ after: () => redis.flushDb() })), ['product:7', 'product:*']).pass).toBe(true)
  })

  test('one that is deleted before the COMMIT is not, and both positions are told', async () => {
    const run = await shop.suite.record(() => changePrice({ before: () => shop.redis.del('product:7') }))
    const verdict = judge(run, ['product:7', 'list:books'])
    expect(verdict.pass).toBe(false)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "2 of 2 keys are not invalidated after the COMMIT.
        in n ms: 3 statements, 1 command, 3 connections
        ✗ product:7  DEL product:7 sent at n ms (position n), before the COMMIT of UPDATE products SET price = price + 1 WHERE id = 7 was answered at n ms (position n)
        ✗ list:books  never: none of 1 command deleted, overwrote or expired it
        timeline:
          n ms  pg  #n  BEGIN  → BEGIN  took n ms
          n ms  pg  #n  UPDATE products SET price = price + 1 WHERE id = 7  → 1 row  took n ms
        ✗ n ms  redis  #n  DEL product:7  → 1  took n ms
        ✗ n ms  pg  #n  COMMIT  → COMMIT  took n ms
        Between the two a reader finds the old row, and fills the cache with it: invalidate when the COMMIT has been answered."
    `)
    expect(judge(run, 'product:7', { after: 'write' }).pass).toBe(true)
    expect(judge(run, 'product:7', { after: 'any' }).pass).toBe(true)
    expect(judgeNot(run, 'product:7').pass).toBe(false)
  })

  test('a second deletion after the COMMIT makes up for one before it', async () => {
    const del = () => shop.redis.del('product:7')
    expect(judge(await shop.suite.record(() => changePrice({ before: del, after: del })), 'product:7').pass).toBe(true)
  })

  test('an autocommitted write is its own COMMIT, whatever it looks like', async () => {
    const { suite, pool, redis } = shop
    const late = await suite.record(async () => {
      await pool.query('WITH p AS (UPDATE products SET price = 5 WHERE id = 7 RETURNING id) SELECT * FROM p')
      await redis.set('product:7', '{"price":5}')
    })
    expect(judge(late, 'product:7').pass).toBe(true)
    const early = await suite.record(async () => {
      await redis.del('product:7')
      await pool.query('UPDATE products SET price = 6 WHERE id = 7')
    })
    expect(mask(judge(early, 'product:7').message())).toContain(
      '✗ product:7  DEL product:7 sent at n ms (position n), before UPDATE products SET price = 6 WHERE id = 7 was answered at n ms (position n)',
    )
  })

  test('within MULTI it counts when EXEC is sent, and a MULTI that is discarded does nothing', async () => {
    const { suite, redis, ioredis } = shop
    const early = await suite.record(() => changePrice({ before: () => redis.multi().del('product:7').del('product:8').exec() }))
    expect(mask(judge(early, 'product:7').message())).toContain('DEL product:7 (in MULTI) sent at')
    const around = await suite.record(async () => {
      await ioredis.multi({ pipeline: false })
      await ioredis.del('product:7')
      await changePrice({})
      await ioredis.exec()
    })
    expect(judge(around, 'product:7').pass).toBe(true)
    const discarded = await suite.record(async () => {
      await changePrice({})
      await ioredis.multi({ pipeline: false })
      await ioredis.del('product:7')
      await ioredis.discard()
    })
    expect(judge(discarded, 'product:7').message()).toContain('✗ product:7  never: none of 3 commands deleted, overwrote or expired it')
  })

  test('each of a pipeline counts, and writes to a part of a key', async () => {
    const { suite, redis, ioredis } = shop
    await redis.hSet('cart:1', { a: '1', b: '2' })
    const run = await suite.record(() =>
      changePrice({ after: () => ioredis.pipeline().del('product:7', 'product:8').hdel('cart:1', 'a').exec() }),
    )
    expect(judge(run, ['product:7', 'product:8', 'cart:1']).pass).toBe(true)
    expect(judgeNot(run, 'cart:1').message()).toContain('  cart:1  HDEL cart:1 a sent at')
  })

  test('a key whose name is no UTF-8 is named as it is printed', async () => {
    const { suite, ioredis } = shop
    const run = await suite.record(() => changePrice({ after: () => ioredis.del(Buffer.from([0x61, 0xff])) }))
    expect(judge(run, String.raw`a\xff`).pass).toBe(true)
  })

  test('a script may have done it: neither yes nor no', async () => {
    const { suite, redis } = shop
    const run = await suite.record(() =>
      changePrice({ after: () => redis.eval("return redis.call('DEL', KEYS[1])", { keys: ['product:7'] }) }),
    )
    const words =
      /^Whether product:7 is invalidated cannot be seen: only a script had it among its keys, EVAL product:7\. \[ERR_HOTBED_EVIDENCE\]/
    expect(() => judge(run, 'product:7')).toThrow(words)
    expect(() => judgeNot(run, 'product:7')).toThrow(words)
    expect(judge(run, ['product:7', 'product:8']).pass).toBe(false)
  })

  test('with .not none of the keys may be invalidated', async () => {
    const run = await shop.suite.record(() => changePrice({ after: () => shop.redis.del('product:7') }))
    expect(judgeNot(run, 'product:8').pass).toBe(false)
    const verdict = judgeNot(run, ['product:7', 'product:8'])
    expect(verdict.pass).toBe(true)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "1 of 2 keys is invalidated after the COMMIT, and none should be.
        in n ms: 3 statements, 1 command, 3 connections
          product:7  DEL product:7 sent at n ms (position n)
        timeline:
           n ms  pg  #n  BEGIN  → BEGIN  took n ms
           n ms  pg  #n  UPDATE products SET price = price + 1 WHERE id = 7  → 1 row  took n ms
          n ms  pg  #n  COMMIT  → COMMIT  took n ms
        ✗ n ms  redis  #n  DEL product:7  → 1  took n ms"
    `)
  })

  test('what another transaction has begun before the deletion is not committed by its own', async () => {
    const { suite, pool, redis } = shop
    const run = await suite.record(async () => {
      const other = await pool.connect()
      await other.query('BEGIN')
      await other.query('UPDATE products SET price = 9 WHERE id = 8')
      await changePrice({ after: () => redis.del('product:7') })
      await other.query('COMMIT')
      other.release()
    })
    expect(judge(run, 'product:7').pass).toBe(false)
    expect(judge(run, 'product:7', { of: ({ sql: text = '' }) => text.includes('price + 1') }).pass).toBe(true)
  })
})

describe('of writes that are named', () => {
  const update = (id: number) => sql(`UPDATE products SET price = 1 WHERE id = ${id}`, { results: [result('UPDATE 1')] })
  const audit = sql('INSERT INTO audit VALUES (1)', { results: [result('INSERT 0 1')] })
  const del = command('DEL product:7', ':1\r\n')

  test('the last has to be followed', () => {
    const run = recordOf([update(7), del, update(7), audit])
    expect(judge(run, 'product:7').pass).toBe(true)
    expect(judge(run, 'product:7', { of: 'UPDATE products' }).pass).toBe(false)
    expect(judge(recordOf([update(7), del, audit]), 'product:7', { of: 'UPDATE products' }).pass).toBe(true)
  })

  test('one that does not look like a write is one', () => {
    const run = recordOf([sql('SELECT change_price(7)'), del])
    expect(() => judge(run, 'product:7')).toThrow(
      "product:7 (DEL product:7) came after no COMMIT: no write was committed in the recording. [ERR_HOTBED_EVIDENCE]\n  → Record the write as well, name it with { of: 'SELECT book_seat' } where it does not look like one, or use { after: 'any' }.",
    )
    expect(judge(run, 'product:7', { of: 'SELECT change_price' }).pass).toBe(true)
  })

  test('what was rolled back, or failed, asks for nothing', () => {
    const rolledBack = [sql('BEGIN', { results: [result('BEGIN')] }), update(7), sql('ROLLBACK', { results: [result('ROLLBACK')] })]
    expect(() => judge(recordOf([...rolledBack, del]), 'product:7')).toThrow('no write was committed')
    expect(judge(recordOf([...rolledBack.slice(0, 2), del, ...rolledBack.slice(2), update(7), del]), 'product:7').pass).toBe(true)
  })
})

test('a command that was refused, or never reached the server, did nothing', () => {
  const write = sql('UPDATE a SET b = 1', { results: [result('UPDATE 1')] })
  const state = (text: string, reply: string | undefined, more = {}) => judge(recordOf([write, command(text, reply, more)]), 'k').pass
  expect(state('SET k v NX', '$-1\r\n')).toBe(false)
  expect(state('SET k v NX', '+OK\r\n')).toBe(true)
  expect(state('SETNX k v', ':0\r\n')).toBe(false)
  expect(state('EXPIRE k 60', ':1\r\n')).toBe(false)
  expect(state('PEXPIREAT k 1', ':1\r\n')).toBe(true)
  expect(state('EXPIRE k 0 GT', ':0\r\n')).toBe(false)
  expect(state('DEL k', '-READONLY\r\n')).toBe(false)
  expect(state('DEL k', undefined, { end: undefined })).toBe(false)
  expect(state('DEL k', ':1\r\n', { steered: 'answered by a rule' })).toBe(false)
  expect(state('DEL k', undefined, { steered: 'dropped before the server had it' })).toBe(false)
  expect(state('DEL k', undefined, { steered: 'dropped after the server had it' })).toBe(true)
  expect(state('DEL k', undefined)).toBe(true)
})

test.each<[unknown, unknown, string]>([
  [[], {}, "Option 'keys' must be a key or glob such as 'product:*', or a list of them, but is an array of 0."],
  [7, {}, "Option 'keys' must be a key or glob such as 'product:*', or a list of them, but is 7."],
  ['a', { after: 'rollback' }, `Option 'after' must be 'commit', 'write' or 'any', but is "rollback".`],
  ['a', { afer: 'commit' }, "toInvalidate() has no option 'afer'. [ERR_HOTBED_OPTION]\n  → Did you mean 'after'?"],
  ['a', 'commit', `Option 'options' must be { after, of }, such as { after: 'commit' }, but is "commit".`],
  ['a', { of: 'GTE a' }, "Did you mean 'GET a'?"],
])('the keys %j with %j are refused', (keys, options, message) => {
  expect(() => judge(recordOf([]), keys as KeyList, options as InvalidateOptions)).toThrow(message)
})
