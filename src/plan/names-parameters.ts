/**
 * True when a plan of EXPLAIN's JSON has `$1` where a custom plan has the value: it is generic. Before 17 the results of InitPlans are called
 * `$n` too; those say so once, with `returns $n`. A parameter that EXPLAIN does not show, as of `LIMIT $1`, is not seen.
 */
export function namesParameters(json: string, params: number): boolean {
  const results = new Set([...json.matchAll(/returns ((?:\$\d+,?)+)/g)].flatMap(([, names = '']) => names.split(',')))
  const [, plan = ''] = json.split('"Plan":', 2)
  return [...plan.matchAll(/\$(\d+)/g)].some(([name, number]) => Number(number) >= 1 && Number(number) <= params && !results.has(name))
}
