/** The part of vitest's task tree that is read. */
export interface TaskNode {
  readonly result?: { readonly state?: string } | undefined
  readonly tasks?: readonly TaskNode[]
}

/** True when a task or one below it has failed so far. */
export function hasFailed(task: TaskNode): boolean {
  return task.result?.state === 'fail' || (task.tasks ?? []).some(hasFailed)
}
