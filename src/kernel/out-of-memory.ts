/** True where V8 or Node said, before it ended itself, that memory was refused. */
export function isOutOfMemory(output: string): boolean {
  return /heap out of memory|out of memory: |Array buffer allocation failed/iu.test(output);
}
