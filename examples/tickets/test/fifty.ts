import { messageOf } from './message-of.js'

/** Runs fifty races and judges each: the messages of those that failed. */
export async function failuresOfFifty<Race>(
  run: (round: number) => Promise<Race>,
  judge: (race: Race) => void,
): Promise<readonly string[]> {
  const failures: string[] = []
  for (let round = 1; round <= 50; round += 1) {
    const race = await run(round)
    const message = messageOf(() => judge(race))
    if (message !== undefined) failures.push(message)
  }
  return failures
}

/** What they say in their first line, each once. */
export function verdictsOf(failures: readonly string[]): readonly string[] {
  return [...new Set(failures.map((failure) => failure.split('\n', 1)[0] ?? ''))]
}
