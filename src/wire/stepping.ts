/** What is done next in a run that goes step by step, by one of the participants, who are numbered from 1. */
export type StepKind =
  /** It begins. */
  | 'start'
  /** A request of its goes to the server. */
  | 'send'
  /** It is told what the server has answered. */
  | 'reply'

/** One line of a sequence that is to be run again. */
export interface PlannedStep {
  readonly participant: number
  /** `turn`: the request goes to the server, and the participant is told the answer at once. */
  readonly kind: StepKind | 'turn'
  readonly text: string
}

/** A step, whatever is asked in it. */
export type Turn = Omit<PlannedStep, 'text'>

/** How steps are chosen. Plain data: it crosses threads and processes. */
export type Schedule =
  /** Of who could go next the one with the highest priority goes; priorities change at random. */
  | { readonly kind: 'random'; readonly seed: number }
  /** These as far as they are possible; what is not is left out, and whoever went last goes on after the end. */
  | { readonly kind: 'turns'; readonly turns: readonly Turn[] }
  /** Exactly these; when they are done, whoever went last goes on. */
  | { readonly kind: 'steps'; readonly steps: readonly PlannedStep[] }

export interface SteppingOptions {
  readonly participants: number
  readonly schedule: Schedule
  /** So long a request may stay without an answer, when nothing else can go on. */
  readonly deadlineMs: number
  /** While one waits for a lock, the next step is taken after so long: then whoever closes the circle is the one that the server ends. */
  readonly deadlockMs: number
}

/** A step that was taken. */
export interface TakenStep {
  readonly participant: number
  readonly kind: StepKind
  /** The request, as a match could be written; empty for `start`. */
  readonly text: string
  readonly connection: number | undefined
  /** Of the request, on the timeline. */
  readonly position: number | undefined
  /** Of the request: what the server answered, in a few words. Undefined: nothing, as far as the run went. */
  readonly outcome: string | undefined
  /** The request had to wait for a lock of these; 0 stands for somebody else. */
  readonly waitedFor: readonly number[]
}

/** What the process of the participants says when it has become quiet. */
export interface QuietReport {
  readonly settled: readonly number[]
  /** Whose code has run since the last order, in the order in which it did. */
  readonly ran: readonly number[]
  /** It was waited for longer, because somebody was missing. */
  readonly isThorough: boolean
}

/** What that process is to do next. */
export type SteppingOrder =
  | { readonly kind: 'start'; readonly participant: number }
  /** Somebody was told something: say when everything is quiet again. */
  | { readonly kind: 'settle'; readonly isThorough: boolean }
  /** Something has taken effect: look at the invariant. */
  | { readonly kind: 'check'; readonly after: string; readonly position: number }
  /** Nothing can go on before somebody who has nothing on its way sends something or settles. */
  | { readonly kind: 'wait' }
  /** The servers owe an answer, and have not given it within the deadline. */
  | { readonly kind: 'stuck' }
  /** The step of this index does not fit. */
  | { readonly kind: 'diverged'; readonly index: number; readonly found: readonly string[] }
  | { readonly kind: 'end' }

/** A session that waits for a lock, and the sessions that it waits for. */
export interface BlockedSession {
  readonly processId: number
  readonly by: readonly number[]
}
