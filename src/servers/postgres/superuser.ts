import type { PostgresServer } from '../server.js'

/** A server of ours: its superuser, who may do all, and nobody beside us. */
export function superuser(at: {
  readonly host: string
  readonly port: number
  readonly password: string
}): Pick<PostgresServer, 'admin' | 'isShared' | 'rights'> {
  return {
    admin: { ...at, user: 'postgres', database: 'postgres', isSuperuser: true, parameters: '', tls: undefined },
    isShared: false,
    rights: { createDatabase: true, copyFiles: true, plansUnavailable: undefined },
  }
}
