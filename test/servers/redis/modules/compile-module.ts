import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A module with these commands, which answer nothing; it needs no header of Redis. Refusing, it says why and does not load. */
export function compileModule(file: string, commands: readonly string[], refusal?: string): string {
  const source = join(dirname(file), 'module.c')
  writeFileSync(
    source,
    `
static int answer(void *ctx, void **argv, int argc) { return 0; }
int RedisModule_OnLoad(void **ctx, void **argv, int argc) {
  int (*getApi)(const char *, void *) = (int (*)(const char *, void *))ctx[0];
  void (*setAttributes)(void *, const char *, int, int);
  int (*createCommand)(void *, const char *, int (*)(void *, void **, int), const char *, int, int, int);
  void (*say)(void *, const char *, const char *, ...);
  if (getApi("RedisModule_SetModuleAttribs", &setAttributes)) return 1;
  if (getApi("RedisModule_CreateCommand", &createCommand)) return 1;
  if (getApi("RedisModule_Log", &say)) return 1;
  setAttributes(ctx, "hotbedtest", 1, 1);
  ${refusal === undefined ? '' : `say(ctx, "warning", ${JSON.stringify(refusal)}); return 1;`}
  ${commands.map((name) => `if (createCommand(ctx, "${name}", answer, "readonly", 0, 0, 0)) return 1;`).join('\n  ')}
  return 0;
}`,
  )
  execFileSync('cc', ['-shared', '-fPIC', '-w', '-o', file, source])
  // Servers run as somebody else.
  chmodSync(dirname(file), 0o755)
  return file
}
