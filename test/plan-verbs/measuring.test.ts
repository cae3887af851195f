import { expect, test } from 'vitest'
import { measureGrowth, startSuite } from '../../src/index.js'
import { untilSparesAreFree } from '../../src/databases/held-spares.js'

test('while growth is measured, or a load, the runs of this process make no spares', async () => {
  await using suite = await startSuite({ redis: {} })
  const isHeld = (): boolean => untilSparesAreFree() !== undefined
  const seen: boolean[] = [isHeld()]

  await measureGrowth({ seed: () => void seen.push(isHeld()), act: () => suite.record(() => suite.redis.send('PING')) }, [1, 4, 8])
  seen.push(isHeld())
  await suite.load(() => void seen.push(isHeld()), { rate: 1_000, for: { count: 1 } })
  seen.push(isHeld())

  expect(seen).toEqual([false, true, true, true, false, true, false])
})
