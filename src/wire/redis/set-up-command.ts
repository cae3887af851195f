const SET_UP: ReadonlySet<string> = new Set('HELLO AUTH SELECT INFO COMMAND READONLY READWRITE QUIT RESET'.split(' '))
const CLIENT_SET_UP: ReadonlySet<string> = new Set(
  'SETINFO SETNAME GETNAME ID INFO NO-EVICT NO-TOUCH TRACKING REPLY CAPA MAINT_NOTIFICATIONS'.split(' '),
)
const CLUSTER_SET_UP: ReadonlySet<string> = new Set('SLOTS SHARDS NODES INFO'.split(' '))

/** HELLO, AUTH, SELECT, CLIENT SETINFO and SETNAME, the INFO of ioredis' ready check, COMMAND, the CLUSTER SLOTS of cluster clients; QUIT. */
export function isSetUpCommand([name = '', second = '']: readonly string[]): boolean {
  const word = name.toUpperCase()
  if (word === 'CLIENT') return CLIENT_SET_UP.has(second.toUpperCase())
  return word === 'CLUSTER' ? CLUSTER_SET_UP.has(second.toUpperCase()) : SET_UP.has(word)
}
