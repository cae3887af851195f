import { linesOf, switchesOf, type SequenceLine } from '../../wire/sequence.js'
import type { TakenStep, Turn } from '../../wire/stepping.js'

export interface Minimised {
  readonly steps: readonly TakenStep[]
  /** How many runs it took. */
  readonly replays: number
}

/** Runs the turns as far as they are possible. Gives what was done when that failed for the same reason, else nothing. */
export type TryTurns = (turns: readonly Turn[]) => Promise<readonly TakenStep[] | undefined>

/** What a failing run is made simpler with at most. */
const MOST_REPLAYS = 120

/**
 * Looks for a run that fails like this one with fewer switches between participants, then with fewer lines: answers that are told at once, and
 * pieces of one participant that are joined. Every change that still fails is kept, until none does.
 */
export async function minimise(found: readonly TakenStep[], tryTurns: TryTurns): Promise<Minimised> {
  const seen = new Set<string>()
  let best = { steps: found, lines: linesOf(found) }
  let replays = 0
  const improve = async (): Promise<boolean> => {
    for (const turns of simplerThan(best.lines)) {
      const key = turns.map(({ participant, kind }) => `${participant}${kind}`).join()
      if (seen.has(key)) continue
      if (replays >= MOST_REPLAYS) return false
      seen.add(key)
      replays += 1
      const steps = await tryTurns(turns)
      if (steps === undefined || !isSimpler(linesOf(steps), best.lines)) continue
      best = { steps, lines: linesOf(steps) }
      return true
    }
    return false
  }
  while (await improve());
  return { steps: best.steps, replays }
}

function isSimpler(lines: readonly SequenceLine[], than: readonly SequenceLine[]): boolean {
  const fewer = switchesOf(lines) - switchesOf(than)
  return fewer < 0 || (fewer === 0 && lines.length < than.length)
}

function* simplerThan(lines: readonly SequenceLine[]): Generator<readonly Turn[]> {
  const asTurn = ({ participant }: Turn): Turn => ({ participant, kind: 'turn' })
  // All answers at once, in the order of the requests or of the answers.
  yield lines.filter(({ kind }) => kind === 'turn' || kind === 'send').map(asTurn)
  yield lines.filter(({ kind }) => kind === 'turn' || kind === 'reply').map(asTurn)
  const blocks = blocksOf(lines)
  // One after the other, in either order.
  for (const participant of new Set(lines.map((line) => line.participant))) {
    yield [...lines.filter((line) => line.participant === participant), ...lines.filter((line) => line.participant !== participant)]
  }
  for (let at = 0; at + 1 < blocks.length; at += 1) {
    yield blocks.toSpliced(at, 2, blocks[at + 1] ?? [], blocks[at] ?? []).flat()
  }
  // A block that joins the next or the last one of its participant.
  for (let at = 0; at < blocks.length; at += 1) {
    const block = blocks[at] ?? []
    const isSame = (other: readonly Turn[]): boolean => other[0]?.participant === block[0]?.participant
    const rest = blocks.toSpliced(at, 1)
    const next = rest.findIndex((other, index) => index > at && isSame(other))
    if (next !== -1) yield rest.toSpliced(next, 0, block).flat()
    const last = rest.findLastIndex((other, index) => index < at - 1 && isSame(other))
    if (last !== -1) yield rest.toSpliced(last + 1, 0, block).flat()
  }
  // The piece of a block that another one of its participant could have begun or ended with.
  for (let at = 0; at + 2 < blocks.length; at += 1) {
    const block = blocks[at] ?? []
    const next = blocks.findIndex((other, index) => index > at + 1 && other[0]?.participant === block[0]?.participant)
    if (next === -1) continue
    for (let cut = 1; cut < block.length; cut += 1) {
      yield blocks
        .with(at, block.slice(0, cut))
        .with(next, [...block.slice(cut), ...(blocks[next] ?? [])])
        .flat()
    }
  }
  for (const [index, line] of lines.entries()) {
    const reply = line.kind === 'send' ? lines.findIndex(({ kind, position }) => kind === 'reply' && position === line.position) : -1
    if (reply === -1) continue
    yield lines.with(index, { ...line, kind: 'turn' }).toSpliced(reply, 1)
    yield lines.with(reply, { ...line, kind: 'turn' }).toSpliced(index, 1)
  }
  for (const [index, { kind }] of lines.entries()) if (kind === 'start') yield lines.toSpliced(index, 1)
}

function blocksOf(lines: readonly SequenceLine[]): readonly (readonly Turn[])[] {
  const blocks: Turn[][] = []
  for (const line of lines) {
    const block = blocks.at(-1)
    if (block?.[0]?.participant === line.participant) block.push(line)
    else blocks.push([line])
  }
  return blocks
}
