import { Queue, Worker } from 'bullmq'
import pg from 'pg'

export interface RemindersOptions {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** The name of this instance among those that run. */
  readonly instance: string
  readonly schedule: ScheduleReminders
}

/** Sees to it that the job runs once a day. */
export type ScheduleReminders = (queue: Queue, instance: string) => Promise<unknown>

export interface Reminders {
  readonly queue: Queue
  readonly worker: Worker
  readonly close: () => Promise<void>
}

export const DAY_MS = 24 * 60 * 60 * 1000

const QUEUE = 'reminders'

/** Everyone who has booked a seat at an event of the next 24 hours. */
const REMIND = `
  INSERT INTO reminders (booking_id)
  SELECT bookings.id FROM bookings JOIN events ON events.id = bookings.event_id
  WHERE events.starts_at BETWEEN now() AND now() + interval '1 day'`

/** What one instance does: it schedules the job and works on what is due. */
export async function startReminders({ databaseUrl, redisUrl, instance, schedule }: RemindersOptions): Promise<Reminders> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 })
  const queue = new Queue(QUEUE, { connection: { url: redisUrl } })
  const worker = new Worker(QUEUE, () => pool.query(REMIND).then(() => {}), { connection: { url: redisUrl } })
  await schedule(queue, instance)
  return {
    queue,
    worker,
    close: async () => {
      await worker.close()
      await queue.close()
      await pool.end()
    },
  }
}
