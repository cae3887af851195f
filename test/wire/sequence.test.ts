import { expect, test } from 'vitest'
import { linesOf, parseSequence, printSequence, switchesOf } from '../../src/wire/sequence.js'
import type { StepKind, TakenStep } from '../../src/wire/stepping.js'

function step(participant: number, kind: StepKind, position?: number, more: Partial<TakenStep> = {}): TakenStep {
  const text = kind === 'start' ? '' : `GET ${position}`
  return { participant, kind, text, connection: 1, position, outcome: kind === 'send' ? 'nil' : undefined, waitedFor: [], ...more }
}

test('a sequence is printed in the fewest lines, and read back as it was', () => {
  const lines = linesOf([
    step(1, 'start'),
    step(1, 'send', 1),
    step(2, 'start'),
    step(1, 'reply', 1),
    step(2, 'send', 2),
    step(2, 'reply', 2),
    step(1, 'send', 3, { waitedFor: [2, 0] }),
    step(2, 'send', 4),
    step(2, 'reply', 4),
    step(1, 'reply', 3),
  ])
  const text = printSequence(lines).join('\n')

  expect(text).toMatchInlineSnapshot(`
    "1> GET 1
    2 starts
    1< GET 1  → nil
    2: GET 2  → nil
    1> GET 3  (waits for 2 and another session)
    2: GET 4  → nil
    1< GET 3  → nil"
  `)
  expect(parseSequence(text, 2)).toEqual(lines.map(({ participant, kind, text: request }) => ({ participant, kind, text: request })))
  expect(switchesOf(lines)).toBe(6)
})

test.each([
  ['', "Option 'replay' is a text without a step."],
  ['1: GET a\nGET b', "Option 'replay' has the line 'GET b'"],
  ['3: GET a', "Option 'replay' has the line '3: GET a'"],
])('%j is refused', (text, message) => {
  expect(() => parseSequence(text, 2)).toThrow(message)
})
