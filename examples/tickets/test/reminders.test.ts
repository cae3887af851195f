import { createTest, expect } from 'hotbed/vitest'
import { startReminders, type Reminders, type ScheduleReminders } from '../src/jobs/reminders.js'
import { scheduleEach } from '../src/jobs/schedule-each.js'
import { scheduleOnce } from '../src/jobs/schedule-once.js'
import { messageOf } from './message-of.js'
import { asDeployed, type TicketSuite } from './stacks.js'

const test = createTest(asDeployed, { scope: 'test' })
const INSTANCES = ['api-1', 'api-2', 'api-3']

/** Starts three instances of the application at once, and gives them when nothing is due any more. */
async function startInstances(suite: TicketSuite, schedule: ScheduleReminders): Promise<readonly Reminders[]> {
  const urls = { databaseUrl: suite.postgres.url, redisUrl: suite.redis.url }
  const instances = await Promise.all(INSTANCES.map((instance) => startReminders({ ...urls, instance, schedule })))
  // On a connection of hotbed's own: none of it is recorded.
  const count = (command: 'LLEN' | 'ZCARD', state: string): Promise<unknown> => suite.redis.send(command, `bull:reminders:${state}`)
  await expect.poll(() => count('ZCARD', 'completed'), { interval: 5, timeout: 10_000 }).not.toBe(0)
  await expect.poll(() => Promise.all([count('LLEN', 'wait'), count('LLEN', 'active')]), { interval: 5, timeout: 10_000 }).toEqual([0, 0])
  return instances
}

async function createBooking({ postgres }: TicketSuite): Promise<void> {
  await postgres.query("INSERT INTO events (name, starts_at, capacity) VALUES ('Nocturnes', now() + interval '12 hours', 100)")
  await postgres.query("INSERT INTO seats (event_id, number, booked_by) VALUES (1, 'A1', 'ann')")
  await postgres.query("INSERT INTO bookings (event_id, seat, customer) VALUES (1, 'A1', 'ann')")
}

test('a scheduler for each of three instances reminds everyone three times', async ({ suite }) => {
  await createBooking(suite)
  const run = await suite.record(() => startInstances(suite, scheduleEach))
  await Promise.all(run.result.map(({ close }) => close()))
  const failure = messageOf(() => expect(run).toExecuteStatements('INSERT INTO reminders', 1))

  console.log(`\nThis is what the failing expectation says:\n\n${failure}\n`)
  expect(failure).toContain('The recording has 3 statements like INSERT INTO reminders, expected exactly 1.')
})

test('one scheduler for all of them reminds everyone once', async ({ suite }) => {
  await createBooking(suite)
  const run = await suite.record(() => startInstances(suite, scheduleOnce))
  const again = await suite.record(() => startInstances(suite, scheduleOnce))
  await Promise.all([...run.result, ...again.result].map(({ close }) => close()))

  expect(run).toExecuteStatements('INSERT INTO reminders', 1)
  expect(again).toExecuteStatements('INSERT INTO reminders', 0)
})
