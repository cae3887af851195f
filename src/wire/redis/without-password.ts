/** What stands in its place. */
const HIDDEN = '***'

/** The words of AUTH, and of HELLO with AUTH, without the password: recordings are printed and kept. */
export function withoutPassword(args: readonly string[]): readonly string[] {
  const word = args[0]?.toUpperCase()
  if (word === 'AUTH') return args.map((arg, index) => (index > 0 && index === args.length - 1 ? HIDDEN : arg))
  if (word !== 'HELLO') return args
  const at = args.findIndex((arg) => arg.toUpperCase() === 'AUTH')
  return at < 0 ? args : args.map((arg, index) => (index === at + 2 ? HIDDEN : arg))
}
