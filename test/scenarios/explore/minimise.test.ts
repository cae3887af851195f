import { expect, test } from 'vitest'
import { minimise } from '../../../src/scenarios/explore/minimise.js'
import type { TakenStep, Turn } from '../../../src/wire/stepping.js'

/** Steps of participants that each ask `a`, `b`, `c` …, with every answer at once. */
function stepsOf(participants: readonly number[]): readonly TakenStep[] {
  const asked = new Map<number, number>()
  return participants.flatMap((participant, index): readonly TakenStep[] => {
    const at = asked.get(participant) ?? 0
    asked.set(participant, at + 1)
    const request = { participant, text: 'abcdef'[at] ?? '', connection: participant, position: index, outcome: '', waitedFor: [] }
    return [
      { ...request, kind: 'send' },
      { ...request, kind: 'reply' },
    ]
  })
}

const namesOf = (steps: readonly TakenStep[]): string =>
  steps
    .filter(({ kind }) => kind === 'send')
    .map(({ participant, text }) => `${participant}${text}`)
    .join(' ')

test.each([
  // Both read (a) before either writes (b).
  [
    'a lost update',
    '1 2 1 2 1 2',
    (names: string) =>
      /1a.*2b/.test(names) &&
      /2a.*1b/.test(names) &&
      names.indexOf('1b') > names.indexOf('2a') &&
      names.indexOf('2b') > names.indexOf('1a'),
    2,
  ],
  // 2 is wholly between two steps of 1.
  [
    'one in between',
    '1 2 1 2 1 2',
    (names: string) => names.indexOf('1a') < names.indexOf('2a') && names.indexOf('2c') < names.indexOf('1c'),
    2,
  ],
  ['an order that is enough', '2 1 2 1 2 1', (names: string) => names.indexOf('2a') < names.indexOf('1c'), 1],
])('%s is found with the fewest switches', async (_, found, fails, switches) => {
  const tryTurns = async (turns: readonly Turn[]): Promise<readonly TakenStep[] | undefined> => {
    const steps = stepsOf(turns.map(({ participant }) => participant))
    return fails(namesOf(steps)) ? steps : undefined
  }
  const { steps } = await minimise(stepsOf(found.split(' ').map(Number)), tryTurns)

  const owners = steps.map(({ participant }) => participant)
  expect(owners.filter((owner, index) => index > 0 && owners[index - 1] !== owner)).toHaveLength(switches)
  expect(fails(namesOf(steps))).toBe(true)
})

test('what fails only as it was stays as it was', async () => {
  const found = stepsOf([1, 2, 1, 2])
  expect((await minimise(found, async () => undefined)).steps).toBe(found)
})
