import type { Client } from 'pg'

/** A client of node-postgres with what its types leave out: whether its connection keeps the process alive. */
export type CountedClient = Client & { readonly ref: () => void; readonly unref: () => void }
