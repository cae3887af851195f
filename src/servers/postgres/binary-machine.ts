import { closeSync, openSync, readSync } from 'node:fs'

/** ELF machine numbers (elf(5)) by the names Node has for them. */
const ELF_MACHINES: ReadonlyMap<number, string> = new Map([
  [3, 'ia32'],
  [0x15, 'ppc64'],
  [0x16, 's390x'],
  [0x28, 'arm'],
  [0x3e, 'x64'],
  [0xb7, 'arm64'],
  [0xf3, 'riscv64'],
])
const MACH_MACHINES: ReadonlyMap<number, string> = new Map([
  [0x01000007, 'x64'],
  [0x0100000c, 'arm64'],
])

/** The architecture in a file's header. The kernel's own refusal is no help: execvp(3) hands a foreign binary to the shell. */
export function readMachine(file: string): string | undefined {
  const header = Buffer.alloc(20)
  const descriptor = openSync(file, 'r')
  try {
    readSync(descriptor, header, 0, header.length, 0)
  } finally {
    closeSync(descriptor)
  }
  if (header.toString('latin1', 0, 4) === '\x7fELF') {
    const machine = header[5] === 2 ? header.readUInt16BE(18) : header.readUInt16LE(18)
    return ELF_MACHINES.get(machine) ?? `machine ${machine}`
  }
  return header.readUInt32LE(0) === 0xfeedfacf ? MACH_MACHINES.get(header.readUInt32LE(4)) : undefined
}
