import { expect, test } from 'vitest'
import { createHeldBytes } from '../../src/wire/held-bytes.js'

test('parts of chunks are held in order, also when the chunks are overwritten', () => {
  const held = createHeldBytes()
  expect(held.size()).toBe(0)
  const expected = Buffer.from(Array.from({ length: 20_000 }, (_, at) => at % 251))
  for (let at = 0, size = 1; at < expected.length; at += size, size = (size % 97) + 1) {
    const chunk = Buffer.from(expected)
    held.add(chunk, at, Math.min(at + size, chunk.length))
    chunk.fill(0xee)
  }
  expect(held.size()).toBe(20_000)
  expect(held.buffer().subarray(0, 20_000).equals(expected)).toBe(true)
  expect(held.take().equals(expected)).toBe(true)
})

test('what is taken is not held any more', () => {
  const held = createHeldBytes()
  held.add(Buffer.from('first'), 0, 5)
  expect(held.take().toString()).toBe('first')
  expect(held.size()).toBe(0)
  held.add(Buffer.from('the second'), 4, 10)
  expect(held.take().toString()).toBe('second')
})

test('a large buffer is given back, a small one is kept', () => {
  const held = createHeldBytes()
  const taken = (size: number): ArrayBufferLike => {
    held.add(Buffer.alloc(size), 0, size)
    return held.take().buffer
  }
  const small = taken(8000)
  expect(taken(8000)).toBe(small)
  const large = taken(65_536)
  expect(large.byteLength, 'no more than a frame may be large').toBe(65_536)
  expect(taken(65_536)).not.toBe(large)
})
