import type { PostgresAccess } from './postgres-access.js'

/** Access to whichever server is the primary. */
export interface FollowedAccess {
  readonly access: PostgresAccess
  /** From here on another server is meant. Connections to the one before are its own matter. */
  readonly follow: (next: PostgresAccess) => void
}

export function createFollowedAccess(first: PostgresAccess): FollowedAccess {
  let current = first
  return {
    follow: (next) => {
      current = next
    },
    access: {
      get server() {
        return current.server
      },
      admin: {
        query: (text, values) => current.admin.query(text, values),
        close: () => current.admin.close(),
        isClosed: () => current.admin.isClosed(),
      },
      url: (login) => current.url(login),
      get owner() {
        return current.owner
      },
      get tenancy() {
        return current.tenancy
      },
      connect: (login) => current.connect(login),
      close: () => current.close(),
    },
  }
}
