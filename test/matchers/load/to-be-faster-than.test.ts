import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, test } from 'vitest'
import { startSuite, type LoadComparison, type Suite } from '../../../src/index.js'
import { expect } from '../../../src/vitest/index.js'
import { messageOf } from '../races/message-of.js'

let suite: Suite<{ redis: {} }>
let server: Server
let url: string
const slow = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 40))
const quick = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 4))
let comparison: LoadComparison

beforeAll(async () => {
  suite = await startSuite({ redis: {} })
  server = createServer((_, response) => void setTimeout(() => response.end('ok'), 30))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  comparison = await suite.compareLoad(slow, quick, { rate: 200, for: '400ms', slices: 8 })
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await suite.dispose()
})

test('both have had the same requests, in the same number of slices', () => {
  expect(comparison.a).toMatchObject({ target: 'slow', requests: 40, errors: [] })
  expect(comparison.b).toMatchObject({ target: 'quick', requests: 40, errors: [] })
  expect([comparison.a.slices.length, comparison.b.slices.length]).toEqual([8, 8])
})

test('the one that takes a tenth of the time is faster, and the other is not', () => {
  expect(comparison).toBeFasterThan('a')
  expect(comparison).not.toBeFasterThan('b')
  expect(comparison).not.toBeFasterThan('a', { ratio: 100 })
})

test('the message has both medians and the interval', () => {
  const shape = messageOf(() => expect(comparison).toBeFasterThan('b')).replaceAll(/\d+\.\d+/g, 'n')

  expect(shape).toMatchInlineSnapshot(`
    "a is n times as fast as b (n to n), expected at least 1.
    a and b in turn, 8 slices each, 200/s
      a: slow  median n ms of 40 requests
      b: quick  median n ms of 40 requests
      a takes n times as long as b; 95 % confidence: n to n (bootstrap over slices)"
  `)
})

test('an interval with the ratio in it tells neither way', () => {
  const { ratio } = comparison
  const undecided = { ...comparison, interval: { low: ratio * 0.9, high: ratio * 1.1, confidence: 0.95 } }

  expect(messageOf(() => expect(undecided).toBeFasterThan('a', { ratio }))).toContain('can be neither met nor missed')
  expect(messageOf(() => expect(undecided).not.toBeFasterThan('a', { ratio }))).toContain('Compare for longer')
})

test('a URL and a function can be compared; errors are no fast answers', async () => {
  const failing = async (): Promise<void> => {
    throw Object.assign(new Error('no'), { code: 'ENO' })
  }
  const compared = await suite.compareLoad(url, failing, { rate: 200, for: '400ms', slices: 8 })

  expect(compared.a.errors).toEqual([])
  expect(messageOf(() => expect(compared).toBeFasterThan('a'))).toContain('an error is no fast answer')
  expect(messageOf(() => expect(compared).not.toBeFasterThan('a'))).toContain('b: failing')
})

test('too few requests a slice are refused before anything is sent', async () => {
  await expect(suite.compareLoad(slow, quick, { rate: 10, for: '1s' })).rejects.toThrow(
    "Each of the 40 slices would have 0.25 requests, too few for a median. [ERR_HOTBED_OPTION]\n  → Compare for '20s' or at a higher rate.",
  )
  await expect(suite.compareLoad(slow, quick, { rate: 10, for: '1s', slices: 2 })).rejects.toThrow("Option 'slices' must be")
  expect(messageOf(() => expect(3).toBeFasterThan('a'))).toContain('toBeFasterThan judges the comparison of two loads, and was given 3.')
})
