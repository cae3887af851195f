import { expect, test } from 'vitest'
import { holdSpares } from '../../src/databases/held-spares.js'
import { createSparePool } from '../../src/databases/spare-pool.js'

/** A pool of numbers, whose making can be held back. */
function makePool(size: number): {
  readonly pool: ReturnType<typeof createSparePool<number>>
  readonly made: () => number
  readonly ended: readonly number[]
  readonly hold: () => () => void
  readonly failNext: () => void
} {
  let made = 0
  let gate: Promise<void> = Promise.resolve()
  let fails = false
  const ended: number[] = []
  const make = async (): Promise<number> => {
    made += 1
    const number = made
    const failing = fails
    fails = false
    await gate
    if (failing) throw new Error(`no ${number}`)
    return number
  }
  return {
    pool: createSparePool(size, make, async (spare) => void ended.push(spare)),
    made: () => made,
    ended,
    hold: () => {
      let open: () => void = () => {}
      gate = new Promise((resolve) => (open = resolve))
      return open
    },
    failNext: () => (fails = true),
  }
}

test('nothing is made before it is asked for', async () => {
  const { pool, made } = makePool(2)
  await pool.settled()
  expect(made()).toBe(0)
})

test('a spare that is ready is taken, else one is made', async () => {
  const { pool, made } = makePool(2)
  expect(await pool.take()).toBe(1)
  pool.refill()
  await pool.settled()
  expect(made()).toBe(3)
  expect(await Promise.all([pool.take(), pool.take(), pool.take()])).toEqual([2, 3, 4])
})

test('a spare that is half made is waited for', async () => {
  const { pool, made, hold } = makePool(1)
  const open = hold()
  pool.refill()
  const taking = pool.take()
  open()
  expect(await taking).toBe(1)
  expect(made()).toBe(1)
})

test('many who take at once each get their own', async () => {
  const { pool } = makePool(1)
  pool.refill()
  const taken = await Promise.all(Array.from({ length: 20 }, () => pool.take()))
  expect(new Set(taken).size).toBe(20)
})

test('a refill that fails harms nobody; who takes next makes one and would see the error', async () => {
  const { pool, failNext } = makePool(1)
  failNext()
  pool.refill()
  await pool.settled()
  expect(await pool.take()).toBe(2)
  failNext()
  await expect(pool.take()).rejects.toThrow('no 3')
})

test('what is given back is handed out again, as it was renewed, up to twice the size', async () => {
  const { pool, made } = makePool(1)
  expect(await pool.take()).toBe(1)
  expect(await pool.giveBack(() => Promise.resolve(10))).toBe(true)
  expect(await Promise.all([pool.giveBack(() => Promise.resolve(11)), pool.giveBack(() => Promise.resolve(12))])).toEqual([true, false])
  expect(await Promise.all([pool.take(), pool.take()])).toEqual([10, 11])
  expect(made()).toBe(1)
})

test('what cannot be renewed stays with whoever gives it back', async () => {
  const { pool } = makePool(1)
  expect(await pool.giveBack(() => Promise.resolve(undefined))).toBe(false)
  await expect(pool.giveBack(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await pool.take()).toBe(1)
})

test('a pool without spares, or one that closes meanwhile, takes nothing back', async () => {
  expect(await makePool(0).pool.giveBack(() => Promise.resolve(10))).toBe(false)
  const { pool } = makePool(1)
  let renewed: (spare: number) => void = () => {}
  const giving = pool.giveBack(() => new Promise((resolve) => (renewed = resolve)))
  await pool.close()
  renewed(10)
  expect(await giving).toBe(false)
})

test('after the close spares are ended, also the one in the making, and none is made', async () => {
  const { pool, made, ended, hold } = makePool(3)
  pool.refill()
  await pool.settled()
  await pool.take()
  const open = hold()
  pool.refill()
  const closing = pool.close()
  open()
  await closing
  pool.refill()
  await pool.settled()
  expect(made()).toBe(4)
  expect(ended.toSorted((a, b) => a - b)).toEqual([2, 3, 4])
})

test('while something is measured none is made, and after it they are', async () => {
  const { pool, made } = makePool(1)
  const [first, second] = [holdSpares(), holdSpares()]
  pool.refill()
  first()
  first()
  await Promise.resolve()
  expect(made()).toBe(0)
  second()
  await pool.settled()
  expect(made()).toBe(1)
})

test('a pool closes while something is measured', async () => {
  const { pool, made } = makePool(1)
  const letGo = holdSpares()
  pool.refill()
  await pool.close()
  letGo()
  await pool.settled()
  expect(made()).toBe(0)
})
