/** Runs fifty rounds, and gives how many of them ended badly. */
export async function countOfFifty(endsBadly: (round: number) => Promise<boolean>): Promise<number> {
  let bad = 0
  for (let round = 1; round <= 50; round += 1) if (await endsBadly(round)) bad += 1
  return bad
}
