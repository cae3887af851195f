import type { RedisTenant } from '../../servers/redis/external/shared-guard.js'
import type { ConnectionTraffic, Traffic } from '../exchange.js'
import type { LiveEvent } from '../conversation.js'
import type { UpstreamQuestion, UpstreamReply, UpstreamSpec } from '../http/upstream-spec.js'
import type { GateOutcome, RuleSpec, RuleState } from '../rule.js'
import type { UntranslatedCommand } from '../redis/clock/tap-clock.js'
import type { CommandTable } from '../redis/command-table.js'
import type { BlockedSession } from '../stepping.js'
import type { SteppingVerbs } from './stepping-verbs.js'
import type { MeterVerbs } from './meters.js'
import type { CommitNotice } from './commit-turnstile.js'
import type { Target } from './store-port.js'
import type { WorkVerbs } from './unfinished-work.js'
import type { PortNumbers } from './suite-ports.js'

export interface SuiteTargets {
  readonly postgres: Target | undefined
  readonly redis: Target | undefined
  /** Of Postgres. @default none */
  readonly replicas?: readonly Target[]
  /** Of a Redis that others use, too: what of it is the suite's. @default all of it */
  readonly redisTenant?: RedisTenant | undefined
}

/** What a suite in the thread asks of the process around it. */
export interface SuiteHost {
  readonly consult: (rule: number, event: LiveEvent) => Promise<boolean>
  /** What the function of a route answers. */
  readonly askUpstream: (call: UpstreamQuestion) => Promise<UpstreamReply>
  /** Which of these sessions wait for a lock. */
  readonly findBlocked: (processIds: readonly number[]) => Promise<readonly BlockedSession[]>
  /** Where the log of the primary, or of a replica, is. */
  readonly readLog: (replica: number | undefined) => Promise<string | undefined>
  /** Settles when somebody has looked at the stores as this commit left them. */
  readonly look: (notice: CommitNotice) => Promise<void>
}

export interface WindowOptions {
  readonly plans: boolean
}

export interface CloseOptions {
  /** So long nothing new must come. */
  readonly settleMs: number
  /** After this the window closes whatever is still open. */
  readonly deadlineMs: number
}

/** One suite's stores behind the tap. */
export interface TappedSuite extends SteppingVerbs, WorkVerbs, MeterVerbs {
  readonly ports: PortNumbers & { readonly replicas: readonly number[] }
  /** Gives ports to the same stores that only this instance of an application has: a second call the same ones. */
  readonly addPorts: (instance: string) => Promise<PortNumbers>
  /** The replays of these replicas stand still, and those of no others. */
  readonly setReplayHeld: (replicas: readonly number[]) => void
  /** A replica has become the primary: the primary's ports lead there. */
  readonly promote: (replica: number) => void
  /** Gives the window's number. */
  readonly openWindow: (options: WindowOptions) => Promise<number>
  readonly closeWindow: (id: number, options: CloseOptions) => Promise<Traffic>
  /** Starts a third party; gives its port. */
  readonly openUpstream: (spec: UpstreamSpec) => Promise<number>
  readonly closeUpstream: (name: string) => void
  /** Gives the rule's number. */
  readonly addRule: (spec: RuleSpec) => Promise<number>
  readonly ruleState: (id: number) => RuleState
  /** Settles when the rule has acted so often, with its state. */
  readonly arrived: (id: number, count: number, deadlineMs: number) => Promise<RuleState>
  readonly releaseRule: (id: number, because?: GateOutcome) => void
  readonly removeRule: (id: number) => Promise<RuleState>
  /** While it is on, commits go one by one, and somebody looks at the stores after each. */
  readonly watchCommits: (isOn: boolean) => void
  /** From here on whoever repeats a request does not get on. */
  readonly beginProgress: () => void
  /**
   * Settles when applications have asked nothing new for so long, and wait for no server, or at the deadline. Gives how many new requests there
   * have been; what waits at a gate, and commands that may wait as long as they like, are not waited for.
   */
  readonly untilQuiet: (quietMs: number, deadlineMs: number) => Promise<number>
  /** How many new requests there have been. */
  readonly progress: () => number
  /** The position on the timeline that the next request, or reply, comes after. */
  readonly position: () => number
  readonly connections: () => readonly ConnectionTraffic[]
  /** While it is on, connections that are made are carried unread. */
  readonly passThrough: (isOn: boolean) => void
  /** Says where the keys of commands are. Before the first window or rule. */
  readonly setCommandTable: (table: CommandTable) => void
  /** How far the application's clock is ahead of the Redis server's. @see TapClock */
  readonly setClockOffset: (offsetMs: number) => void
  /**
   * While it is paused, no client's command gets to Redis: for a jump, after which the server means something else by the same moment. Settles when what
   * Redis has already is answered, or some time later.
   */
  readonly pauseRedis: (paused: boolean) => Promise<void>
  /** The commands that had to do with the server's time and that the tap could not translate, since the clock was at 0. */
  readonly untranslated: () => readonly UntranslatedCommand[]
  /** What would be left if the suite ended now: asked when every statement has been answered, or some time later. */
  readonly leftovers: () => Promise<{ readonly rules: readonly string[]; readonly connections: readonly ConnectionTraffic[] }>
  /** Settles when clients that have said goodbye are gone, or some time later: a pool's own `end()` does not wait for that. */
  readonly letLeave: () => Promise<void>
  /** The numbers of the connections to Postgres that are open now. */
  readonly sessions: () => readonly number[]
  /** Settles when the clients of these have heard that their sessions have ended, or some time later. */
  readonly untilEnded: (sessions: readonly number[]) => Promise<void>
  /** A store that is down refuses connections, as the port of a server that has ended does. */
  readonly setDown: (store: 'postgres' | 'redis', isDown: boolean) => Promise<void>
  readonly close: () => void
}
