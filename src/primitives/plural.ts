/** `1 key`, `2,000 keys`, with commas in every locale. `many` is the plural of a noun that takes more than an s. */
export function plural(count: number, noun: string, many: string = `${noun}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? noun : many}`
}
