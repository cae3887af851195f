import { randomUUID } from 'node:crypto'

/** Broken: whoever logs in at one instance is a stranger at all others. */
export function sessionsInMemory() {
  const users = new Map()
  return {
    open: async (user) => {
      const id = randomUUID()
      users.set(id, user)
      return id
    },
    find: async (id) => users.get(id),
  }
}
