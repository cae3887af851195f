import type { Recording, Statement } from '../../wire/recording/recording.js'

/** A statement that the server ended with 40P01, and the cycle that it was part of. */
export interface Deadlock {
  readonly victim: Statement
  /** In the order in which they wait for each other, the victim first. Empty: the error came without a DETAIL that tells. */
  readonly cycle: readonly DeadlockMember[]
}

/** One of those who wait for each other. */
export interface DeadlockMember {
  readonly processId: number
  /** `ShareLock on transaction 759` */
  readonly lock: string
  /** Whom it waits for. */
  readonly blockedBy: number
  /** Undefined: its connection does not lead through the tap. */
  readonly connection: number | undefined
  /** What it waited in. */
  readonly waitsIn: Statement | undefined
  /** What its transaction had run before, as far as it takes locks. */
  readonly hadRun: readonly Statement[]
}

export const DEADLOCK = '40P01'

/** What PostgreSQL's DeadLockReport writes for each process of the cycle. */
const WAITS = /Process (\d+) waits for (.+?); blocked by process (\d+)\./g

/** All deadlocks of a recording. Those that a rule made up are none. */
export function findDeadlocks(recording: Recording): readonly Deadlock[] {
  return recording.statements
    .filter(({ error, steered }) => error?.code === DEADLOCK && steered !== ANSWERED)
    .map((victim) => ({ victim, cycle: readCycle(victim, recording) }))
}

/** What a rule writes on what it answers. */
export const ANSWERED = 'answered by a rule'

function readCycle(victim: Statement, recording: Recording): readonly DeadlockMember[] {
  return [...(victim.error?.detail ?? '').matchAll(WAITS)].map(([, process, lock = '', blocker]) => {
    const processId = Number(process)
    const connection = connectionOf(processId, victim, recording)
    const own =
      connection === undefined ? [] : recording.statements.filter((one) => one.connection === connection && one.start < endOf(victim))
    const waitsIn =
      connection === victim.connection
        ? victim
        : own.findLast(({ start, end }) => start < endOf(victim) && (end ?? Infinity) > victim.start)
    const transaction = waitsIn?.transaction
    const hadRun = own.filter((one) => one !== waitsIn && transaction !== undefined && one.transaction === transaction && takesLocks(one))
    return { processId, lock, blockedBy: Number(blocker), connection, waitsIn, hadRun }
  })
}

/** Process ids come again: the one that was open then. */
function connectionOf(processId: number, victim: Statement, { connections }: Recording): number | undefined {
  return connections.list.find(
    (one) =>
      one.store === 'postgres' &&
      one.processId === processId &&
      (one.openedAt ?? -Infinity) < endOf(victim) &&
      (one.closedAt ?? Infinity) > victim.start,
  )?.id
}

function endOf({ end }: Statement): number {
  return end ?? Infinity
}

/** What only reads takes no lock that another would wait for. */
function takesLocks({ shape, error }: Statement): boolean {
  if (error !== undefined || /^(?:begin|start|commit|end|rollback|abort|savepoint|release|set|show)\b/.test(shape)) return false
  return !/^select\b/.test(shape) || /\bfor (?:no key )?(?:update|share)\b|\bfor key share\b|lock/.test(shape)
}
