import { errorFields, isLostConnection } from '../../primitives/error-fields.js'
import type { PlanSession } from '../session.js'

/** A session in a transaction whose work is undone: in it indexes are built to see what they are good for. */
export interface Workbench {
  readonly session: PlanSession
  /** The role that statements are run as, where the session is a superuser's: policies of rows would not hold for that. */
  readonly runAs: string | undefined
}

const SAVEPOINT = 'hotbed_trial'

/** Runs `work` and undoes what it did, whether it fails or not. */
export async function undone<Result>({ session }: Workbench, work: () => Promise<Result>): Promise<Result> {
  await session.query(`SAVEPOINT ${SAVEPOINT}`)
  try {
    return await work()
  } finally {
    // When the connection is gone, its own error is the one to be told.
    await session.query(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}; RELEASE SAVEPOINT ${SAVEPOINT}`).catch(() => undefined)
  }
}

/** Runs `work` and undoes what it did only when it fails. */
export async function kept({ session }: Workbench, work: () => Promise<void>): Promise<void> {
  await session.query(`SAVEPOINT ${SAVEPOINT}`)
  try {
    await work()
    await session.query(`RELEASE SAVEPOINT ${SAVEPOINT}`)
  } catch (error) {
    await session.query(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}; RELEASE SAVEPOINT ${SAVEPOINT}`).catch(() => undefined)
    throw error
  }
}

const ENDED = ['ERR_HOTBED_DISPOSED', 'ERR_HOTBED_POSTGRES_EXITED']

/** Whether the suite or its server is no more: nothing can be proved anywhere then. */
export function isEnded(error: unknown): boolean {
  return ENDED.includes(errorFields(error).code ?? '')
}

/** Throws what says nothing about an index: that there is nobody left to ask. */
export function rethrowLost(error: unknown): void {
  if (isEnded(error) || isLostConnection(causeOf(error))) throw error
}

/** What the driver said, where an error of ours tells of it. */
export function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error
}

/** Until the savepoint is undone. */
export async function limitStatements({ session }: Workbench, timeoutMs: number): Promise<void> {
  await session.query(`SET LOCAL statement_timeout = ${Math.max(1, Math.floor(timeoutMs))}`)
}
