import { expect, test } from 'vitest'
import { startSuite } from '../../src/index.js'
import { openJobs } from './bullmq-jobs.js'
import { closing } from './closing.js'

test('a job whose worker hangs is taken by another when its lock is over, by the clock of the suite', async () => {
  await using suite = await startSuite({ redis: {} }, { clock: { timers: ['bullmq'] } })
  await using jobs = closing(openJobs(suite.redis.url, 'mail'))
  const deliveries: string[] = []
  let hang = (): void => {}
  const hanging = new Promise<void>((resolve) => {
    hang = resolve
  })
  await jobs.work(async () => {
    deliveries.push('first')
    hang()
    await new Promise<never>(() => {})
  })
  await jobs.add('send', {})
  await hanging
  await jobs.work(async () => void deliveries.push('second'))
  await expect(suite.quiet({ timeoutMs: 200 })).rejects.toThrow(/mail \(bullmq\): 1 active[^]*See what the active job waits for/)

  // The first check after the lock has expired notes the job, the next one takes it.
  await suite.clock.advance('31s')
  await suite.clock.advance('31s')
  await suite.quiet()

  expect(deliveries).toEqual(['first', 'second'])
})
