import { debug } from '../primitives/debug.js'
import { createClone, dropClone } from './clone.js'
import { makeHollow } from './hollow.js'
import type { PostgresAccess } from './postgres-access.js'
import type { SideConnections } from './side-connections.js'
import type { Template } from './template.js'

/** What a throw-away clone is made from. */
export type ThrowAwaySource = 'template' | 'hollow'

/** The sources of throw-away clones of one template. */
export interface ThrowAwaySources {
  readonly clone: (source: ThrowAwaySource) => Promise<string>
}

/** @param nameNext gives each database a name of its own */
export function createThrowAwaySources(access: PostgresAccess, template: Template, nameNext: () => string): ThrowAwaySources {
  let hollow: Promise<Template> | undefined
  const find = async (source: ThrowAwaySource): Promise<Template> => {
    // What has no tables is hollow already.
    if (source === 'template' || !template.isSealed) return template
    hollow ??= makeHollow(access, template, nameNext())
    hollow.catch(() => (hollow = undefined))
    return hollow
  }
  return {
    clone: async (source) => {
      const from = await find(source)
      const database = nameNext()
      await createClone(access, from, database)
      return database
    },
  }
}

/** Databases that one suite uses for a moment and throws away, each with a session of the superuser. */
export interface ThrowAways {
  /** A session number of the side connections. */
  readonly open: (source: ThrowAwaySource) => Promise<number>
  /** Ends the session; its database is dropped in the background. */
  readonly close: (session: number) => Promise<void>
  /** Settles when every one of them is gone. */
  readonly closeAll: () => Promise<void>
}

export function createThrowAways(access: PostgresAccess, sources: ThrowAwaySources, side: SideConnections): ThrowAways {
  const databases = new Map<number, string>()
  let dropping: Promise<unknown> = Promise.resolve()
  const drop = (database: string): void => {
    const dropped = dropClone(access, database).catch((error: unknown) => debug('throw-away clone not dropped: %o', error))
    dropping = Promise.all([dropping, dropped])
  }
  const close = async (session: number): Promise<void> => {
    const database = databases.get(session)
    if (database === undefined) return
    databases.delete(session)
    await side.closeSession(session)
    drop(database)
  }
  return {
    open: async (source) => {
      const database = await sources.clone(source)
      try {
        const session = side.addSession(await access.connect({ database, role: 'admin' }))
        databases.set(session, database)
        return session
      } catch (error) {
        drop(database)
        throw error
      }
    },
    close,
    closeAll: async () => {
      await Promise.all([...databases.keys()].map(close))
      await dropping
    },
  }
}
