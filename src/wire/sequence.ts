import { HotbedError } from '../primitives/error.js'
import type { PlannedStep, TakenStep } from './stepping.js'

/** One line of a sequence, as people read it. */
export interface SequenceLine extends PlannedStep {
  readonly outcome: string | undefined
  readonly waitedFor: readonly number[]
  /** Of the request, on the timeline. */
  readonly position: number | undefined
}

/** A request whose answer comes right after it is one line; so is a participant that begins right before its first request. */
export function linesOf(steps: readonly TakenStep[]): readonly SequenceLine[] {
  const lines: SequenceLine[] = []
  for (let at = 0; at < steps.length; at += 1) {
    const step = steps[at]
    if (step === undefined) continue
    const next = steps[at + 1]
    const { participant, kind, text, outcome, waitedFor, position } = step
    if (kind === 'start') {
      if (next?.participant !== participant || next.kind !== 'send') lines.push({ participant, kind, text, outcome, waitedFor, position })
      continue
    }
    const isTurn = kind === 'send' && next?.kind === 'reply' && next.position === position
    if (isTurn) at += 1
    const told = kind === 'reply' ? steps.find((one) => one.kind === 'send' && one.position === position)?.outcome : outcome
    lines.push({
      participant,
      kind: isTurn ? 'turn' : kind,
      text,
      outcome: kind === 'send' && !isTurn ? undefined : told,
      waitedFor,
      position,
    })
  }
  return lines
}

/** How often another participant goes on. */
export function switchesOf(lines: readonly PlannedStep[]): number {
  return lines.filter(({ participant }, index) => index > 0 && lines[index - 1]?.participant !== participant).length
}

const SIGNS = { turn: ':', send: '>', reply: '<' } as const

/**
 * `1: GET a` is a request with its answer; `1> GET a` goes to the server and `1< GET a` is the answer, told later; `1 starts` without a request.
 * Behind two blanks stands what the server answered.
 */
export function printSequence(lines: readonly SequenceLine[]): readonly string[] {
  const rows = lines.map(({ participant, kind, text, outcome, waitedFor }) => {
    const waits = waitedFor.map((one) => (one === 0 ? 'another session' : `${one}`)).join(' and ')
    const told = [...(outcome === undefined ? [] : [`→ ${outcome}`]), ...(kind === 'send' && waits !== '' ? [`(waits for ${waits})`] : [])]
    return { start: kind === 'start' ? `${participant} starts` : `${participant}${SIGNS[kind]} ${text}`, told: told.join(' ') }
  })
  const width = Math.max(0, ...rows.map(({ start }) => start.length))
  return rows.map(({ start, told }) => (told === '' ? start : `${start.padEnd(width)}  ${told}`))
}

const LINE = /^(\d+)(?:([:><]) (.*?)| starts)(?: {2,}(?:→|\(waits for) .*)?$/
const KINDS: Readonly<Record<string, PlannedStep['kind']>> = { ':': 'turn', '>': 'send', '<': 'reply' }

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for a line that is none, or a participant that is none */
export function parseSequence(text: string, participants: number): readonly PlannedStep[] {
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
  const steps = lines.map((line): PlannedStep => {
    const [, who = '', sign, request = ''] = LINE.exec(line) ?? []
    const participant = Number(who)
    if (who === '' || participant < 1 || participant > participants) {
      throw new HotbedError('ERR_HOTBED_OPTION', {
        message: `Option 'replay' has the line '${line}', which is no step of ${participants} participants.`,
        remedy: "Give the text as it was printed: '1: select …' is a request with its answer, '1> …' and '1< …' are the two apart.",
      })
    }
    return { participant, kind: sign === undefined ? 'start' : (KINDS[sign] ?? 'turn'), text: request }
  })
  if (steps.length === 0) throw new HotbedError('ERR_HOTBED_OPTION', { message: "Option 'replay' is a text without a step." })
  return steps
}
