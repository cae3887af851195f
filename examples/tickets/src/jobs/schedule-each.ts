import { DAY_MS, type ScheduleReminders } from './reminders.js'

/** Broken: a scheduler for each instance. With three of them everyone is reminded three times. */
export const scheduleEach: ScheduleReminders = (queue, instance) => queue.upsertJobScheduler(`remind:${instance}`, { every: DAY_MS })
