import { DAY_MS, type ScheduleReminders } from './reminders.js'

/** Repaired: all instances name one scheduler, of which there is one in the queue, whoever comes first. */
export const scheduleOnce: ScheduleReminders = (queue) => queue.upsertJobScheduler('remind', { every: DAY_MS })
