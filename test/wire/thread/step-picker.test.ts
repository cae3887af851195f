import { describe, expect, test } from 'vitest'
import type { Schedule } from '../../../src/wire/stepping.js'
import { createStepPicker } from '../../../src/wire/thread/step-picker.js'
import type { Candidate } from '../../../src/wire/thread/step-candidate.js'

/** Participants that each ask `length` times, all of which is possible at any time. Gives who went, or where it could not go on. */
function play(schedule: Schedule, participants: number, length: number): string {
  const pick = createStepPicker(schedule, participants)
  const next = Array.from({ length: participants }, () => 0)
  const candidateOf = (participant: number): readonly Candidate[] => {
    const at = next[participant - 1] ?? 0
    if (at > length * 2) return []
    const request = Math.ceil(at / 2)
    const text = at === 0 ? '' : `GET ${request}`
    return [
      {
        participant,
        kind: at === 0 ? 'start' : at % 2 === 1 ? 'send' : 'reply',
        text,
        point: at === 0 ? undefined : participant * 100 + request,
      },
    ]
  }
  let went = ''
  for (;;) {
    const candidates = next.flatMap((_, index) => candidateOf(index + 1))
    if (candidates.length === 0) return went
    const picked = pick(candidates)
    if (typeof picked === 'number') return `${went} ✗ ${picked}`
    next[picked.participant - 1] = (next[picked.participant - 1] ?? 0) + 1
    went += `${picked.participant}${{ start: '', send: '>', reply: '<', turn: ':' }[picked.kind]}`
  }
}

describe('drawn at random', () => {
  test('the same seed gives the same order, others give others', () => {
    const orders = Array.from({ length: 40 }, (_, seed) => play({ kind: 'random', seed }, 2, 2))
    expect(orders).toEqual(Array.from({ length: 40 }, (_, seed) => play({ kind: 'random', seed }, 2, 2)))
    expect(new Set(orders).size).toBeGreaterThan(10)
  })

  test('whichever the one place is at which a switch matters, some seeds switch there', () => {
    const requestsBefore = Array.from({ length: 1000 }, (_, seed) => {
      const order = play({ kind: 'random', seed }, 2, 8)
      return order.slice(0, order.indexOf('2>')).split('1>').length - 1
    })
    for (let place = 0; place <= 8; place += 1) expect(requestsBefore.filter((one) => one === place).length).toBeGreaterThan(3)
  })
})

describe('planned', () => {
  test('turns have a request and its answer, and a start where one is due; whoever went last goes on', () => {
    const turn = (participant: number) => ({ participant, kind: 'turn' as const })
    expect(play({ kind: 'turns', turns: [turn(2), turn(1), turn(2)] }, 2, 2)).toBe('22>2<11>1<2>2<1>1<')
    expect(play({ kind: 'turns', turns: [{ participant: 1, kind: 'send' }, turn(2)] }, 2, 1)).toBe('11>22>2<1<')
    expect(play({ kind: 'turns', turns: [turn(3), turn(1)] }, 2, 1)).toBe('11>1<22>2<')
  })

  test('steps are taken as they are, and refused where they are not possible', () => {
    const steps = [
      { participant: 1, kind: 'send', text: 'GET 1' },
      { participant: 2, kind: 'turn', text: 'GET 1' },
      { participant: 1, kind: 'reply', text: 'GET 1' },
    ] as const
    expect(play({ kind: 'steps', steps }, 2, 1)).toBe('11>22>2<1<')
    expect(play({ kind: 'steps', steps: [...steps, { participant: 1, kind: 'turn', text: 'DEL 1' }] }, 2, 2)).toBe('11>22>2<1< ✗ 3')
  })

  test('a key that is drawn anew in every run does not make a step another', () => {
    expect(play({ kind: 'steps', steps: [{ participant: 1, kind: 'turn', text: 'GET lock:7f3a' }] }, 2, 1)).toBe('11>1<22>2<')
  })
})
