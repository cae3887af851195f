/** A queue that stays quick when it is long: what is taken is only skipped, and let go in bulk. */
export interface Fifo<T> {
  readonly size: () => number
  readonly push: (item: T) => void
  readonly first: () => T | undefined
  readonly last: () => T | undefined
  readonly take: () => T | undefined
  /** What is waiting, oldest first. */
  readonly list: () => T[]
  /** Puts other items in the place of all that wait. */
  readonly replace: (items: readonly T[]) => void
}

const COMPACT_AT = 1_024

export function createFifo<T>(): Fifo<T> {
  let items: T[] = []
  let head = 0
  return {
    size: () => items.length - head,
    push: (item) => void items.push(item),
    first: () => items[head],
    last: () => (items.length > head ? items.at(-1) : undefined),
    take: () => {
      if (head === items.length) return undefined
      const item = items[head] as T
      head += 1
      if (head === items.length) {
        items.length = 0
        head = 0
      } else if (head >= COMPACT_AT && head * 2 > items.length) {
        items = items.slice(head)
        head = 0
      }
      return item
    },
    list: () => items.slice(head),
    replace: (others) => {
      items = [...others]
      head = 0
    },
  }
}
