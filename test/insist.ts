/** For what is checked a million times: vitest's `expect` builds its sentence even where all is well. */
export function insist(so: boolean, otherwise: () => string): asserts so {
  if (!so) throw new Error(otherwise())
}
